"""`python -m core train`, `evaluate`: what brings networks, data and evaluation together.

They stand above these parts because evaluation must not know how a network runs.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core import paths
from core.data import store
from core.schema import Metrics
from core.training import commands as training

app = typer.Typer()


@app.command()
def train(
    recipe: training.RecipeName,
    smoke: Annotated[
        bool, typer.Option("--smoke", help="A few steps on random images, in a scratch folder.")
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="Another seed, for the spread of the curves; exports nothing."),
    ] = None,
) -> None:
    """Train a recipe (or go on after a kill), export it and evaluate it."""
    if seed is not None:
        training.run_seed(recipe, seed)
        return
    chosen = training.run(recipe, smoke)
    if not smoke:
        evaluate(chosen.id)


@app.command()
def evaluate(
    model_id: Annotated[str, typer.Argument(metavar="ID", help="A network in models/.")],
    ten_crop: Annotated[
        bool, typer.Option(help="Average ten crops an image too, which takes most of the time.")
    ] = True,
) -> None:
    """Measure a network on FER-2013 and write results/ID/."""
    console = Console()
    metrics = measure(model_id, console, ten_crop)
    low, high = metrics.report.accuracy_interval
    console.print(
        f"{model_id} on {metrics.report.split}: accuracy {metrics.report.accuracy:.2%} "
        f"(95 %: {low:.2%} to {high:.2%}), macro F1 {metrics.report.macro.f1:.2%}, "
        f"temperature {metrics.temperature:.3f}. Written to {paths.results() / model_id}.",
        highlight=False,
        soft_wrap=True,
    )


def measure(model_id: str, console: Console, ten_crop: bool = True) -> Metrics:
    """Evaluate a network with float32 arithmetic and a progress bar.

    Args:
        model_id: a network in `models/`.
        console: where the bar is drawn.
        ten_crop: whether ten-crop averaging is measured beside mirroring.

    Raises:
        FerLabError: if the dataset or the network is missing or damaged.
    """
    from core.evaluation.evaluate import AVERAGINGS, Averaging
    from core.evaluation.evaluate import evaluate as run
    from core.inference.engine import Engine, Prediction

    dataset = store.load()
    engine = Engine(precision="f32")

    def predict(chips: np.ndarray, averaging: Averaging) -> Prediction:
        return engine.predict(model_id, chips, averaging, maps=averaging == "none")

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as display:
        tasks = {}

        def progress(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = display.add_task(step, total=total)
            display.update(tasks[step], completed=done)

        averagings: tuple[Averaging, ...] = AVERAGINGS if ten_crop else ("flip",)
        return run(model_id, dataset, predict, progress, averagings)
