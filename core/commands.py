"""`python -m core train`, `evaluate`: what brings networks, data and evaluation together.

They stand above these parts because evaluation must not know how a network runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console

from core import paths
from core.data import store
from core.engine.catalogue import available_models
from core.errors import ModelError, RecipeError, ResultsError
from core.evaluation.corrupted import QUICK
from core.evaluation.evaluate import MEASURED
from core.evaluation.folds import Fold, Folds, divided, folds_file
from core.evaluation.results import SEEDS
from core.evaluation.robustness import Robustness
from core.locks import locked
from core.progress import progress_bar
from core.records import Made
from core.roles import SELECTION, Averaging
from core.schema import Card, History, Metrics, SeedRun, read_predictions, write_predictions
from core.training import commands as training
from core.training import recipe as recipes

app = typer.Typer()


@app.command()
def train(
    recipe: training.RecipeName,
    smoke: Annotated[
        bool, typer.Option("--smoke", help="A few steps on random images, in a scratch folder.")
    ] = False,
    device: Annotated[
        bool, typer.Option("--device", help="Whole epochs on an accelerator, by JAX.")
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="Another seed: keeps curves and predictions, no network."),
    ] = None,
    size: Annotated[
        int | None,
        typer.Option(help="With --seed: pixels to which chips are enlarged, if not as usual."),
    ] = None,
    folds: Annotated[
        int | None,
        typer.Option(
            min=2,
            max=20,
            help="Train so many times, each without another part of Training and PublicTest: "
            "keeps the scores on those parts, no network.",
        ),
    ] = None,
) -> None:
    """Train a recipe (or go on after a kill), export it and evaluate it."""
    if folds is not None:
        if device or smoke or seed is not None or size is not None:
            raise RecipeError("--folds: expected alone.")
        train_folds(recipe, folds)
        return
    if device and (smoke or seed is not None):
        raise RecipeError("--device: expected without --smoke and --seed.")
    if seed is not None:
        train_seed(recipe, seed, size)
        return
    if size is not None:
        raise RecipeError("--size: expected with --seed only; the recipe says its own size.")
    chosen = training.run_on_device(recipe) if device else training.run(recipe, smoke)
    if not smoke:
        _evaluate_clean(chosen.id, Console(), ten_crop=True)


@app.command()
def evaluate(
    model_id: Annotated[str, typer.Argument(metavar="ID", help="A network in models/.")] = "",
    every: Annotated[
        bool, typer.Option("--all", help="All networks in models/, one after the other.")
    ] = False,
    ten_crop: Annotated[
        bool, typer.Option(help="Average ten crops an image too, which takes most of the time.")
    ] = True,
    corrupted: Annotated[
        bool,
        typer.Option(
            "--corrupted", help="Under noise, blur, bad light and more: writes robustness.json."
        ),
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help=f"With --corrupted: {QUICK} images, wider intervals.")
    ] = False,
    answers: Annotated[
        Path | None,
        typer.Option(help="With --corrupted: probabilities that another machine made (.npz)."),
    ] = None,
) -> None:
    """Measure a network on FER-2013 and write results/ID/."""
    if bool(model_id) == every:
        raise ModelError("Expected either the ID of a network in models/ or --all.")
    if (quick or answers) and not corrupted:
        raise ModelError("--quick, --answers: expected with --corrupted only.")
    if answers and (quick or every):
        raise ModelError("--answers: expected with one network and all images.")
    console = Console()
    failed = []
    for name in [card.id for card in available_models()] if every else [model_id]:
        try:
            if corrupted:
                _evaluate_corrupted(name, console, quick, answers)
            else:
                _evaluate_clean(name, console, ten_crop)
        except (ModelError, ResultsError) as reason:
            # One network that is damaged must not cost the hours of the others.
            failed.append(str(reason))
    if failed:
        raise ModelError("\n".join(failed))


@app.command()
def showcase() -> None:
    """Ask every network about the photo that Home shows; writes results/showcase.json."""
    from core.engine.showcase import FILE, answer

    found = answer()
    found.write(paths.results() / FILE)
    Console().print(
        f"{len(found.networks)} networks, {len(found.boxes)} face. Written to "
        f"{paths.results() / FILE}.",
        highlight=False,
        soft_wrap=True,
    )


def _evaluate_corrupted(model_id: str, console: Console, quick: bool, answers: Path | None) -> None:
    with locked(paths.results() / model_id):
        found = measure_corrupted(model_id, console, quick, answers)
    low, high = found.mean_accuracy_interval
    console.print(
        f"{model_id} on {found.images:,} images of {found.split}: accuracy "
        f"{found.clean.accuracy:.2%} as they are, {found.mean_accuracy:.2%} under change "
        f"(95%: {low:.2%} to {high:.2%}). Written to {paths.results() / model_id}.",
        highlight=False,
        soft_wrap=True,
    )


def _evaluate_clean(model_id: str, console: Console, ten_crop: bool) -> None:
    with locked(paths.results() / model_id):
        metrics = measure(model_id, console, MEASURED if ten_crop else ("flip",))
    low, high = metrics.report.accuracy_interval
    console.print(
        f"{model_id} on {metrics.report.split}: accuracy {metrics.report.accuracy:.2%} "
        f"(95%: {low:.2%} to {high:.2%}), macro F1 {metrics.report.macro.f1:.2%}, "
        f"temperature {metrics.temperature:.3f}. Written to {paths.results() / model_id}.",
        highlight=False,
        soft_wrap=True,
    )


def train_folds(recipe: str, of: int) -> Folds:
    """Train a recipe once for each fold; folds that stand in its file are not trained again.

    Args:
        recipe: id of a recipe or path of a TOML file.
        of: number of folds.

    Returns:
        What `results/<id>/folds.json` holds then.

    Raises:
        RecipeError: if the file holds another number of folds, or the recipe divides Training.
    """
    chosen = recipes.read(recipe)
    if chosen.data.split:
        raise RecipeError(f"{chosen.id}: --folds: expected a recipe that does not divide Training.")
    path, console = folds_file(chosen.id), Console(highlight=False, soft_wrap=True)
    done = list(Folds.read(path).folds) if path.exists() else []
    if path.exists() and Folds.read(path).of != of:
        raise RecipeError(f"{path}: expected {of} folds. Remove it to divide anew.")
    dataset = store.load()
    for fold in range(1, of + 1):
        if any(entry.fold == fold for entry in done):
            continue
        history = training.train_fold(recipe, of, fold)
        best = history.epochs[history.best_epoch - 1]
        done.append(
            Fold(
                fold=fold,
                images=len(divided(dataset, of, fold).split(SELECTION).labels),
                accuracy=round(best.val_accuracy, 6),
                epochs=len(history.epochs),
                best_epoch=history.best_epoch,
            )
        )
        made = Made.now(f"python -m core train {chosen.id} --folds {of}", "numpy", "keras")
        Folds(model=chosen.id, of=of, folds=done, made=made).write(path)
        console.print(f"fold {fold} of {of}: accuracy {best.val_accuracy:.2%}")
    found = Folds.read(path)
    low, high = found.range
    console.print(
        f"Mean {found.mean:.2%}, {low:.2%} to {high:.2%}. Written to {path}.", markup=False
    )
    return found


def train_seed(recipe: str, seed: int, size: int | None = None) -> Path:
    """Train a recipe from another seed and keep its curves and predictions.

    The best epoch is exported to a scratch folder and measured there like any network.

    Args:
        recipe: id of a recipe or path of a TOML file.
        seed: of weights, order and augmentation.
        size: side in pixels to which the chip is enlarged, if not the recipe's own.

    Returns:
        The file written, `results/<id>/seeds/<name>.json`; `<name>.npz` lies beside it.

    Raises:
        RecipeError: if neither seed nor size differs from the recipe's.
    """
    console = Console()
    again = training.run_seed(recipe, seed, size)
    with paths.scratch("models", "results"):
        folder = training.export_quietly(again.recipe)
        metrics = measure(folder.name, console, averagings=())
        tables = read_predictions(paths.results() / folder.name / "predictions.npz")
        history = History.read(paths.results() / folder.name / "history.json")
        card = Card.of(folder)
    target = paths.results() / again.original.id / SEEDS / f"{again.name}.json"
    write_predictions(target.with_suffix(".npz"), list(tables.values()))
    SeedRun(
        model=again.original.id,
        seed=seed,
        size=again.size,
        recipe_size=again.original_size,
        title=again.original.title,
        classes=card.classes,
        recipe=card.recipe,
        history=history.model_copy(update={"model": again.original.id}),
        training=card.training,
        made=metrics.made.model_copy(update={"command": again.command}),
    ).write(target)
    console.print(
        f"{again.original.id} from seed {seed} at {again.size} px on {metrics.report.split}: "
        f"accuracy {metrics.report.accuracy:.2%}. Wrote {target}.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    return target


def measure(model_id: str, console: Console, averagings: Sequence[Averaging] = MEASURED) -> Metrics:
    """Evaluate a network with float32 arithmetic and a progress bar.

    Args:
        model_id: a network in `models/`.
        console: where the bar is drawn.
        averagings: kinds of test-time averaging that are measured beside the plain accuracy.

    Raises:
        FerLabError: if the dataset or the network is missing or damaged.
    """
    from core.engine.engine import Engine, Prediction
    from core.evaluation.evaluate import evaluate as run

    dataset = store.load()
    engine = Engine(precision="f32")

    def predict(chips: np.ndarray, averaging: Averaging) -> Prediction:
        return engine.predict(model_id, chips, averaging, maps=averaging == "none")

    with progress_bar(console) as display:
        tasks = {}

        def progress(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = display.add_task(step, total=total)
            display.update(tasks[step], completed=done)

        return run(model_id, dataset, predict, progress, averagings)


def measure_corrupted(
    model_id: str, console: Console, quick: bool = False, answers: Path | None = None
) -> Robustness:
    """Evaluate a network on corrupted images with float32 arithmetic and a progress bar.

    Args:
        model_id: a network in `models/`.
        console: where the bar is drawn.
        quick: on some of the images only.
        answers: probabilities that another machine made; what lacks there is asked here.

    Raises:
        FerLabError: if the dataset, the network or its results are missing or damaged.
    """
    from core.engine.engine import Engine
    from core.evaluation.corrupted import measure as run
    from core.evaluation.corrupted import take_over

    dataset = store.load()
    engine = Engine(precision="f32")

    def classify(chips: np.ndarray) -> np.ndarray:
        return engine.predict(model_id, chips, maps=False).probabilities

    if answers:
        take_over(model_id, dataset, answers, classify)
    with progress_bar(console) as display:
        task = display.add_task(model_id, total=None)

        def progress(condition: str, done: int, total: int) -> None:
            display.update(task, description=f"{model_id} {condition}", completed=done, total=total)

        return run(model_id, dataset, classify, quick, progress)
