"""From trained weights to `models/<id>/` (ONNX, Keras file, card) and the learning curves."""

from __future__ import annotations

import contextlib
import io
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import onnx
import onnxruntime
from keras import ops

from core import paths
from core.data import store
from core.errors import ModelError
from core.files import atomic_write, sha256
from core.networks.head import activation_maps
from core.networks.registry import Network
from core.roles import SELECTION
from core.schema import KERAS, MODEL, Card, Training
from core.training import building, runs, storage
from core.training.images import protocol
from core.training.predecessors import average_with_start
from core.training.recipe import Recipe

LARGE = (60_000, 150_000, 300_000, 600_000, 1_200_000)
"""Arrays of so many numbers are stored in fewer bits; smaller ones cost little as they are, and
the first and last layers, whose rounding tells most, are among them. The next number is tried
where a network loses too much by the one before."""

LARGEST_FILE = 60_000_000

AT_ONCE = 32
"""Faces in a batch of a check."""

WANTED, TOLERANCE = 1e-3, 5e-3
"""Difference of a probability between a stored file and the network in Keras: what is enough,
and what is allowed where a file that small can do no better."""

MOST_LOST, SAME_NETWORK = 0.001, 0.1
"""Accuracy that 8-bit weights may cost, and how far they may move a probability: those of two
networks lie further apart."""


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
    files = [folder / MODEL]
    if recipe.stored == "int8":
        large = write_eight_bits(network, recipe, files[0])
    else:
        large = write_onnx(network, files[0])
    (folder / KERAS).unlink(missing_ok=True)
    if recipe.keep_keras:
        files.append(folder / KERAS)
        write_keras(network, recipe, files[-1], large)
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
    expected = _probabilities((folder / MODEL).read_bytes(), faces)
    wanted = SAME_NETWORK if recipe.stored == "int8" else WANTED
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / KERAS
        for large in LARGE:
            write_keras(network, recipe, file, large)
            model = keras.saving.load_model(file)
            found = model.predict(faces, verbose=0)
            difference = float(np.abs(found - expected).max())
            if difference <= wanted:
                break
        else:
            raise ModelError(
                f"{folder / MODEL} disagrees with the weights in {run.folder} by "
                f"{difference:.4f} in a probability. Expected at most {wanted}. Write both "
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
    network = building.build(recipe, precision="float32")
    network.model.load_weights(run.best_weights)
    average_with_start(network, recipe)
    return network


def classifier(recipe: Recipe, run: runs.Run) -> Callable[[np.ndarray], np.ndarray]:
    """A trained run as a function, uint8 (n, 48, 48) to float32 (n, C), without exporting it.

    Raises:
        ModelError: if the run has no weights yet.
    """
    model = _trained(recipe, run).model

    def classify(chips: np.ndarray) -> np.ndarray:
        logits = model.predict(chips, batch_size=AT_ONCE, verbose=0)
        return np.asarray(ops.convert_to_numpy(ops.softmax(logits)), dtype=np.float32)

    return classify


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
        From how many numbers on an array counts as large.

    Raises:
        ModelError: if its probabilities are not Keras's to within `TOLERANCE`.
    """
    model, graph = _graph(network)
    faces = _chips()
    expected = model.predict(faces, verbose=0)[0]
    tried: list[tuple[float, int, bytes]] = []
    for large in LARGE:
        content = storage.in_half(graph, large)
        if tried and len(content) > LARGEST_FILE:
            break
        difference = float(np.abs(_probabilities(content, faces) - expected).max())
        tried.append((difference, large, content))
        if difference <= WANTED:
            break
    difference, large, content = min(tried)
    if difference > TOLERANCE:
        raise ModelError(
            f"The ONNX file disagrees with Keras by {difference:.4f} in a probability. "
            f"Expected at most {TOLERANCE}."
        )
    with atomic_write(path) as stream:
        stream.write(content)
    return large


def write_eight_bits(network: Network, recipe: Recipe, path: Path) -> int:
    """Export to ONNX with large weights stored as 8-bit integers, written atomically.

    Returns:
        From how many numbers on an array counts as large.

    Raises:
        DataError: without the dataset, whose PublicTest tells what that costs.
        ModelError: if it costs more than `MOST_LOST`.
    """
    checks = store.load().split(SELECTION).only(recipe.data.classes)
    _, graph = _graph(network)
    large = LARGE[0]
    content = storage.in_eight_bits(graph, large)
    full, small = (
        np.mean(_probabilities(one, checks.faces).argmax(axis=1) == checks.labels)
        for one in (graph.SerializeToString(), content)
    )
    if full - small > MOST_LOST:
        raise ModelError(
            f"stored: 8 bits cost {full - small:.2%} of accuracy on {SELECTION}. "
            f"Expected at most {MOST_LOST:.2%}; stored = 'float16' costs none."
        )
    with atomic_write(path) as stream:
        stream.write(content)
    return large


def _graph(network: Network) -> tuple[keras.Model, onnx.ModelProto]:
    """The network as its users see it: in Keras, and as a graph with the contract's names."""
    model = inference_model(network)
    model(np.zeros((1, 48, 48), np.uint8))  # a model that was never called has no signature
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / MODEL
        with contextlib.redirect_stdout(io.StringIO()):
            model.export(file, format="onnx", verbose=False)
        graph = onnx.load(file)
    _rename(graph, "faces", output_names(network))
    return model, graph


def write_keras(network: Network, recipe: Recipe, path: Path, large: int) -> None:
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
        storage.halve_datasets(weights, large)
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
    hardware, backend = runs.trained_on(recipe)
    model = network.model
    trainable = 0
    for stage in recipe.stages:
        building.set_trainable(network, stage.trainable)
        counted = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
        trainable = max(trainable, counted)
    return Card(
        id=recipe.id,
        title=recipe.title,
        family=recipe.family,
        summary=recipe.summary,
        best_use=recipe.best_use,
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
            hardware=hardware,
            backend=backend,
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


def _probabilities(content: bytes, faces: np.ndarray) -> np.ndarray:
    """What an ONNX file answers, float32 (n, C)."""
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    parts = [faces[first : first + AT_ONCE] for first in range(0, len(faces), AT_ONCE)]
    return np.concatenate([session.run(["probabilities"], {"faces": part})[0] for part in parts])


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
