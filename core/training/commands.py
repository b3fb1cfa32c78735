"""`python -m core train`, `export`: from a recipe to a model folder."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from core.data import store
from core.errors import FerLabError
from core.labels import CLASSES
from core.training import recipe as recipes

if TYPE_CHECKING:
    from core.schema import Epoch

app = typer.Typer()

RecipeName = Annotated[
    str, typer.Argument(metavar="RECIPE", help="Id of a recipe in recipes/, or a TOML file.")
]
MISSING = "TensorFlow is needed to train. Install it with: pip install -r requirements.txt."


@app.command()
def train(
    recipe: RecipeName,
    smoke: Annotated[
        bool, typer.Option(help="A few steps on random images, in a scratch folder.")
    ] = False,
) -> None:
    """Train a recipe (or go on after a kill), export it and evaluate it."""
    console = Console()
    chosen = recipes.read(recipe)
    if smoke:
        _smoke(chosen, console)
        return
    dataset = store.load()
    loop, _ = _backend()
    with _Display(console, chosen.title, sum(stage.epochs for stage in chosen.stages)) as display:
        loop.train(chosen, dataset, display)
    export(recipe)
    evaluate(chosen.id)


@app.command()
def export(recipe: RecipeName) -> None:
    """Write models/ID/ from the best epoch of a run."""
    chosen = recipes.read(recipe)
    loop, exporting = _backend()
    folder = exporting.export(chosen, loop.run_of(chosen))
    sizes = ", ".join(
        f"{file.name} {file.stat().st_size / 1e6:.1f} MB" for file in sorted(folder.iterdir())
    )
    Console().print(f"{folder}: {sizes}")


def _backend():  # type: ignore[no-untyped-def]  # modules, which have no useful type here
    """The modules that need Keras, imported when a command first needs them."""
    try:
        from core.training import export as exporting
        from core.training import loop
    except ModuleNotFoundError as reason:
        raise FerLabError(f"{MISSING} ({reason})") from reason
    return loop, exporting


def _smoke(recipe: recipes.Recipe, console: Console) -> None:
    """Run every stage for a few steps on random images and export the result."""
    rng = np.random.default_rng(0)
    count = 8 * recipe.batch
    dataset = store.Dataset(
        faces=rng.integers(0, 256, (count, 48, 48), dtype=np.uint8),
        labels=np.arange(count, dtype=np.uint8) % len(CLASSES),
        splits=(np.arange(count, dtype=np.uint8) // len(CLASSES)) % len(store.SPLITS),
        votes=rng.integers(0, 4, (count, len(store.VOTE_COLUMNS)), dtype=np.uint8),
    )
    kept = {name: os.environ.get(name) for name in ("FER_RUNS", "FER_MODELS")}
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {"FER_RUNS": f"{scratch}/runs", "FER_MODELS": f"{scratch}/models"}
        try:
            loop, exporting = _backend()
            epochs = len(recipe.stages)
            with _Display(console, f"{recipe.title} (smoke)", epochs) as display:
                run = loop.train(recipe, dataset, display, smoke=True)
            folder = exporting.export(recipe, run)
            console.print(f"{recipe.id} runs and exports: {', '.join(_files(folder))}")
        finally:
            for name, value in kept.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value


def _files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


class _Display:
    """A bar for the running epoch, a line for every finished one."""

    def __init__(self, console: Console, title: str, epochs: int) -> None:
        self._console, self._epochs = console, epochs
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
            f"PublicTest loss {row.val_loss:.3f}, accuracy {row.val_accuracy:.4f}, "
            f"rate {row.learning_rate:.1e}, {row.seconds:.0f} s{' *' if best else ''}"
        )
