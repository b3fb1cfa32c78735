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
from core.training import loop
from core.training.images import protocol
from core.training.recipe import Recipe

# Smaller tensors (biases, shapes) stay as they are: nothing to gain.
HALF_PRECISION_FROM = 1024
LARGEST_FILE = 60_000_000
TOLERANCE = 5e-3


def export(recipe: Recipe, run: loop.Run) -> Path:
    """Write the model folder of a trained run, and `results/<id>/history.json`.

    Returns:
        `models/<id>/` with `model.onnx`, `card.json` and, where the recipe keeps it,
        `model.keras`.

    Raises:
        ModelError: if the run has no weights yet, or a file would grow over 60 MB.
    """
    if not run.best_weights.is_file():
        raise ModelError(
            f"No weights at {run.best_weights}. Train first: python -m core train {recipe.id}."
        )
    network = loop.build(recipe, precision="float32")
    network.model.load_weights(run.best_weights)
    folder = paths.models() / recipe.id
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / "model.onnx"]
    write_onnx(network, files[0])
    if recipe.keep_keras:
        files.append(folder / "model.keras")
        write_keras(network, recipe, files[-1])
    for file in files:
        if file.stat().st_size > LARGEST_FILE:
            raise ModelError(
                f"{file} has {file.stat().st_size:,} bytes. Expected at most {LARGEST_FILE:,}."
            )
    card_of(recipe, network, files).write(folder / "card.json")
    loop.history_of(recipe).write(paths.results() / recipe.id / "history.json")
    return folder


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


def write_onnx(network: Network, path: Path) -> None:
    """Export to ONNX with weights stored as float16, written atomically.

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
    _store_half(graph)
    onnx.checker.check_model(graph)
    content = graph.SerializeToString()
    _compare(model, content)
    with atomic_write(path) as stream:
        stream.write(content)


def write_keras(network: Network, recipe: Recipe, path: Path) -> None:
    """Save chips-to-probabilities as a `.keras` file whose weights are stored as float16.

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
        _halve_datasets(weights)
        small = Path(scratch) / "small.keras"
        with zipfile.ZipFile(small, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(content.rglob("*")):
                if file.is_file():
                    archive.write(file, file.relative_to(content))
        with atomic_write(path) as stream, small.open("rb") as source:
            shutil.copyfileobj(source, stream)


def card_of(recipe: Recipe, network: Network, files: list[Path]) -> Card:
    """The card of a freshly exported network; its temperature is 1 until it is evaluated."""
    history = loop.history_of(recipe)
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
            hardware=loop.hardware(),
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
    return loop.run_of(recipe).state()["updated"][:10]


def _compare(model: keras.Model, content: bytes) -> None:
    """Run a few random chips through Keras and the ONNX file."""
    faces = np.random.default_rng(0).integers(0, 256, (16, 48, 48), dtype=np.uint8)
    expected = model.predict(faces, verbose=0)[0]
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    found = session.run(["probabilities"], {"faces": faces})[0]
    difference = float(np.abs(found - expected).max())
    if difference > TOLERANCE:
        raise ModelError(
            f"The ONNX file disagrees with Keras by {difference:.4f} in a probability. "
            f"Expected at most {TOLERANCE}."
        )


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


def _store_half(graph: onnx.ModelProto) -> None:
    """Keep large float32 initializers as float16 with a Cast behind each."""
    casts = []
    for tensor in graph.graph.initializer:
        if (
            tensor.data_type == onnx.TensorProto.FLOAT
            and np.prod(tensor.dims) >= HALF_PRECISION_FROM
        ):
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


def _halve_datasets(path: Path) -> None:
    """Rewrite large float32 datasets of an HDF5 file as float16; Keras reads them as float32."""
    source = path.with_suffix(".full")
    path.rename(source)
    with h5py.File(source) as old, h5py.File(path, "w") as new:

        def copy(name: str, item: h5py.Group | h5py.Dataset) -> None:
            if isinstance(item, h5py.Dataset):
                values = item[()]
                large = values.dtype == np.float32 and values.size >= HALF_PRECISION_FROM
                kept = values.astype(np.float16) if large else values
                target = new.create_dataset(name, data=kept)
            else:
                target = new.require_group(name)
            target.attrs.update(item.attrs)

        old.visititems(copy)
    source.unlink()
