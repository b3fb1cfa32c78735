"""From trained weights to `models/<id>/` (ONNX, Keras file, card) and the learning curves."""

from __future__ import annotations

import contextlib
import io
import platform
import shutil
import tempfile
import zipfile
from importlib.metadata import version
from pathlib import Path

import h5py
import keras
import numpy as np
import onnx
import onnxruntime
from keras import ops
from onnx import numpy_helper

from core import paths
from core.errors import ModelError
from core.files import atomic_write, sha256
from core.networks.head import activation_maps
from core.networks.registry import Network
from core.schema import Card, Training
from core.training import loop, runs
from core.training.images import protocol
from core.training.recipe import Recipe

ONNX, KERAS = "model.onnx", "model.keras"

HALF_PRECISION_FROM = (150_000, 300_000, 600_000, 1_200_000)
"""Arrays of so many numbers are stored as float16; smaller ones cost little as they are, and
the first and last layers, whose rounding tells most, are among them. The next number is tried
where a network loses too much by the one before."""

LARGEST_FILE = 60_000_000

WANTED, TOLERANCE = 1e-3, 5e-3
"""Difference of a probability between a stored file and the network in Keras: what is enough,
and what is allowed where a file that small can do no better."""


def export(recipe: Recipe, run: runs.Run) -> Path:
    """Write the model folder of a trained run, and `results/<id>/history.json`.

    Returns:
        `models/<id>/` with `model.onnx`, `card.json` and, where the recipe keeps it,
        `model.keras`.

    Raises:
        ModelError: if the run has no weights yet, or a file would grow over 60 MB.
    """
    network = _trained(recipe, run)
    folder = paths.models() / recipe.id
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / ONNX]
    half_from = write_onnx(network, files[0])
    (folder / KERAS).unlink(missing_ok=True)
    if recipe.keep_keras:
        files.append(folder / KERAS)
        write_keras(network, recipe, files[-1], half_from)
    for file in files:
        if file.stat().st_size > LARGEST_FILE:
            raise ModelError(
                f"{file} has {file.stat().st_size:,} bytes. Expected at most {LARGEST_FILE:,}."
            )
    card_of(recipe, network, files).write(folder / "card.json")
    runs.history_of(recipe).write(paths.results() / recipe.id / "history.json")
    return folder


def export_keras(recipe: Recipe, run: runs.Run) -> Path:
    """Write the Keras file of a network whose other files are there, and its hash to the card.

    Returns:
        `models/<id>/model.keras`.

    Raises:
        ModelError: if the run has no weights, the folder no card, or the run is not the one
            that `model.onnx` came from.
    """
    network = _trained(recipe, run)
    folder = paths.models() / recipe.id
    card = Card.of(folder)
    faces = _chips()
    session = _session((folder / ONNX).read_bytes())
    expected = session.run(["probabilities"], {"faces": faces})[0]
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / KERAS
        for half_from in HALF_PRECISION_FROM:
            write_keras(network, recipe, file, half_from)
            model = keras.saving.load_model(file)
            found = model.predict(faces, verbose=0)
            difference = float(np.abs(found - expected).max())
            if difference <= WANTED:
                break
        else:
            raise ModelError(
                f"{folder / ONNX} disagrees with the weights in {run.folder} by "
                f"{difference:.4f} in a probability. Expected at most {WANTED}. Write both "
                f"anew: python -m core export {recipe.id}."
            )
        with atomic_write(folder / KERAS) as stream, file.open("rb") as source:
            shutil.copyfileobj(source, stream)
    files = card.files | {KERAS: sha256(folder / KERAS)}
    card.model_copy(update={"files": files}).write(folder / "card.json")
    return folder / KERAS


def _trained(recipe: Recipe, run: runs.Run) -> Network:
    """The recipe's network in float32 with the run's best weights."""
    if not run.best_weights.is_file():
        raise ModelError(
            f"No weights at {run.best_weights}. Train first: python -m core train {recipe.id}."
        )
    runs.check_same_recipe(recipe, run)
    network = loop.build(recipe, precision="float32")
    network.model.load_weights(run.best_weights)
    return network


def inference_model(network: Network) -> keras.Model:
    """The network with the outputs of the model contract, in their order.

    Outputs: `probabilities` (N, C); `activation_maps` (N, C, h, w); for networks with
    squeeze-and-excitation `se_gates` (N, G), the blocks' gates one behind the other.
    """
    model = network.model
    model.trainable = False  # batch normalisation traces its updates otherwise
    outputs = {
        "probabilities": ops.softmax(ops.cast(model.output, "float32")),
        "activation_maps": activation_maps(network),
    }
    if network.gates:
        gates = [model.get_layer(name).output for name in network.gates.values()]
        outputs["se_gates"] = ops.concatenate(gates, axis=-1) if len(gates) > 1 else gates[0]
    return keras.Model(model.input, list(outputs.values()), name="inference")


def output_names(network: Network) -> list[str]:
    """Names of the outputs of `inference_model`, in its order."""
    return ["probabilities", "activation_maps", *(["se_gates"] if network.gates else [])]


def write_onnx(network: Network, path: Path) -> int:
    """Export to ONNX with large weights stored as float16, written atomically.

    Returns:
        From how many numbers on an array is stored as float16.

    Raises:
        ModelError: if its probabilities are not Keras's to within `TOLERANCE`.
    """
    model = inference_model(network)
    model(np.zeros((1, 48, 48), np.uint8))  # a model that was never called has no signature
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "model.onnx"
        with contextlib.redirect_stdout(io.StringIO()):
            model.export(file, format="onnx", verbose=False)
        graph = onnx.load(file)
    _rename(graph, "faces", output_names(network))
    faces = _chips()
    expected = model.predict(faces, verbose=0)[0]
    tried: list[tuple[float, int, bytes]] = []
    for half_from in HALF_PRECISION_FROM:
        content = _stored_half(graph, half_from)
        if tried and len(content) > LARGEST_FILE:
            break
        found = _session(content).run(["probabilities"], {"faces": faces})[0]
        tried.append((float(np.abs(found - expected).max()), half_from, content))
        if tried[-1][0] <= WANTED:
            break
    difference, half_from, content = min(tried)
    if difference > TOLERANCE:
        raise ModelError(
            f"The ONNX file disagrees with Keras by {difference:.4f} in a probability. "
            f"Expected at most {TOLERANCE}."
        )
    with atomic_write(path) as stream:
        stream.write(content)
    return half_from


def write_keras(network: Network, recipe: Recipe, path: Path, half_from: int) -> None:
    """Save chips-to-probabilities as a `.keras` file with large weights stored as float16.

    Plain Keras layers only: `keras.saving.load_model(path)` opens it without this project.
    """
    probabilities = keras.layers.Softmax(dtype="float32", name="probabilities")(
        network.model.output
    )
    model = keras.Model(network.model.input, probabilities, name=recipe.id)
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "model.keras"
        model.save(whole)
        content = Path(scratch) / "content"
        with zipfile.ZipFile(whole) as archive:
            archive.extractall(content)
        weights = content / "model.weights.h5"
        _halve_datasets(weights, half_from)
        small = Path(scratch) / "small.keras"
        with zipfile.ZipFile(small, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(content.rglob("*")):
                if file.is_file():
                    archive.write(file, file.relative_to(content))
        with atomic_write(path) as stream, small.open("rb") as source:
            shutil.copyfileobj(source, stream)


def card_of(recipe: Recipe, network: Network, files: list[Path]) -> Card:
    """The card of a freshly exported network; its temperature is 1 until it is evaluated."""
    history = runs.history_of(recipe)
    model = network.model
    trainable = 0
    for stage in recipe.stages:
        loop.set_trainable(network, stage.trainable)
        counted = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
        trainable = max(trainable, counted)
    return Card(
        id=recipe.id,
        title=recipe.title,
        family=recipe.family,
        summary=recipe.summary,
        classes=list(recipe.data.classes),
        input_size=network.input_size,
        input_channels=network.input_channels,
        gate_blocks={
            block: model.get_layer(layer).output.shape[-1] for block, layer in network.gates.items()
        },
        recipe=recipe.model_dump(mode="json"),
        parameters=model.count_params(),
        trainable_parameters=trainable,
        files={file.name: sha256(file) for file in files},
        protocol=protocol(recipe),
        training=Training(
            hardware=runs.hardware(),
            backend=(
                f"Keras {version('keras')} on {keras.backend.backend()}, "
                f"Python {platform.python_version()}"
            ),
            seconds=round(sum(row.seconds for row in history.epochs), 1),
            epochs=len(history.epochs),
            seed=recipe.seed,
            date=run_date(recipe),
        ),
        temperature=1.0,
        initial_weights=network.initial_weights,
        licence="MIT (this network's weights); trained on FER-2013, whose images are for research",
        intended_use=(
            "Teaching and research on expression recognition: comparing networks, explaining "
            "their errors. It guesses which of the classes a crowd worker would have ticked."
        ),
        limits=(
            "An expression is not an emotion. FER-2013's labels are noisy, its faces come from "
            "web searches and are not balanced by age, sex or origin. "
            "Not for decisions about people."
        ),
    )


def run_date(recipe: Recipe) -> str:
    """Day on which the run's last epoch ended."""
    return runs.run_of(recipe).state()["updated"][:10]


def _chips() -> np.ndarray:
    """A few random chips, which rounding moves more than faces, uint8 (16, 48, 48)."""
    return np.random.default_rng(0).integers(0, 256, (16, 48, 48), dtype=np.uint8)


def _session(content: bytes) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])


def _rename(graph: onnx.ModelProto, entry: str, outputs: list[str]) -> None:
    """Give input and outputs the contract's names and a dynamic first dimension."""
    new = {graph.graph.input[0].name: entry}
    new |= {value.name: name for value, name in zip(graph.graph.output, outputs, strict=True)}
    for node in graph.graph.node:
        node.input[:] = [new.get(name, name) for name in node.input]
        node.output[:] = [new.get(name, name) for name in node.output]
    for value in [*graph.graph.input, *graph.graph.output]:
        value.name = new.get(value.name, value.name)
        value.type.tensor_type.shape.dim[0].dim_param = "N"


def _stored_half(whole: onnx.ModelProto, half_from: int) -> bytes:
    """The file's content with large float32 initializers as float16, a Cast behind each."""
    graph = onnx.ModelProto()
    graph.CopyFrom(whole)
    casts = []
    for tensor in graph.graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT and np.prod(tensor.dims) >= half_from:
            name = tensor.name
            half = numpy_helper.from_array(
                numpy_helper.to_array(tensor).astype(np.float16), f"{name}_float16"
            )
            tensor.CopyFrom(half)
            casts.append(
                onnx.helper.make_node("Cast", [half.name], [name], to=onnx.TensorProto.FLOAT)
            )
    for position, cast in enumerate(casts):
        graph.graph.node.insert(position, cast)
    onnx.checker.check_model(graph)
    return graph.SerializeToString()


def _halve_datasets(path: Path, half_from: int) -> None:
    """Rewrite large float32 datasets of an HDF5 file as float16; Keras reads them as float32."""
    source = path.with_suffix(".full")
    path.rename(source)
    with h5py.File(source) as old, h5py.File(path, "w") as new:

        def copy(name: str, item: h5py.Group | h5py.Dataset) -> None:
            if isinstance(item, h5py.Dataset):
                values = item[()]
                large = values.dtype == np.float32 and values.size >= half_from
                kept = values.astype(np.float16) if large else values
                target = new.create_dataset(name, data=kept)
            else:
                target = new.require_group(name)
            target.attrs.update(item.attrs)

        old.visititems(copy)
    source.unlink()
