"""`python -m core study NAME`: train the variants of a recipe from several seeds and compare.

Runs that stand in the study's file already are not trained again, and a killed training goes
on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final

import numpy as np
import typer
from rich.console import Console

from core import paths
from core.data import store
from core.data.corruptions import corrupt
from core.errors import RecipeError, ResultsError
from core.evaluation.evaluate import rounded
from core.evaluation.metrics import accuracy, confusion, macro_f1
from core.evaluation.study import CONDITIONS, Study, StudyRun, Variant, study_file
from core.labels import CLASSES
from core.records import Made
from core.roles import REPORT
from core.training import commands as training
from core.training import recipe as recipes
from core.training.recipe import Recipe

STUDIES: Final = {
    "augmentation": (
        *("study_plain", "study_augmented", "study_class_weights", "study_smoothed"),
        *("study_96", "study_without_norm", "study_taught", "study_corrupted"),
    )
}
"""Recipes of each study in `recipes/study/`, the plain one first."""

app = typer.Typer()


@app.command()
def study(
    name: Annotated[str, typer.Argument(metavar="NAME", help=", ".join(STUDIES))],
    seeds: Annotated[int, typer.Option(min=1, max=20, help="Runs of each recipe.")] = 3,
) -> None:
    """Train what differs from a plain recipe in one thing, and write results/study_NAME.json."""
    if name not in STUDIES:
        raise RecipeError(f"Expected a study among {', '.join(STUDIES)}. Received: {name}.")
    console = Console(highlight=False, soft_wrap=True)
    runs = _held(name)
    for key, title, make in _wanted(STUDIES[name], seeds):
        if key in runs:
            continue
        console.print(f"{title}, seed {key[1]}", markup=False)
        runs[key] = _measured(make(), key[1])
        _write(name, runs)
        console.print(
            f"  accuracy {runs[key].accuracy:.2%}, under change {runs[key].changed:.2%}",
            markup=False,
        )
    console.print(f"{len(runs)} runs. Written to {study_file(name)}.", markup=False)


Key = tuple[str, int]
"""Recipe and seed."""


def _held(name: str) -> dict[Key, StudyRun]:
    """Runs that are measured already."""
    try:
        found = Study.read(study_file(name))
    except ResultsError:
        if study_file(name).exists():
            raise
        return {}
    return {(variant.id, run.seed): run for variant in found.variants for run in variant.runs}


def _wanted(names: tuple[str, ...], seeds: int) -> Iterator[tuple[Key, str, _Make]]:
    for name in names:
        recipe = recipes.read(paths.recipes() / "study" / f"{name}.toml")
        for seed in range(recipe.seed, recipe.seed + seeds):
            yield (name, seed), recipe.title, _Make(name, seed, recipe.seed)


class _Make:
    """Trains one run of a recipe when it is called."""

    def __init__(self, name: str, seed: int, own_seed: int) -> None:
        self._path = str(paths.recipes() / "study" / f"{name}.toml")
        self._seed, self._own = seed, own_seed

    def __call__(self) -> Recipe:
        if self._seed == self._own:
            return training.train_only(self._path)
        return training.run_seed(self._path, self._seed).recipe


def _measured(recipe: Recipe, seed: int) -> StudyRun:
    """Ask a trained run about the report split, as it is and changed."""
    classify, history, device = training.trained(recipe)
    images = store.load().split(REPORT)
    matrix = confusion(images.labels, classify(images.faces).argmax(axis=1), len(CLASSES))
    right = []
    for condition in CONDITIONS:
        kind, level = condition.rsplit("_", 1)
        chips = corrupt(images.faces, kind, int(level), images.index)
        right.append(float((classify(chips).argmax(axis=1) == images.labels).mean()))
    return StudyRun(
        seed=seed,
        selection_accuracy=history.epochs[history.best_epoch - 1].val_accuracy,
        accuracy=float(accuracy(matrix)),
        macro_f1=float(macro_f1(matrix)),
        changed=float(np.mean(right)),
        epochs=len(history.epochs),
        best_epoch=history.best_epoch,
        hardware=device,
    )


def _write(name: str, runs: dict[Key, StudyRun]) -> None:
    order = list(STUDIES[name])
    variants = [
        Variant(
            id=recipe,
            runs=[run for key, run in sorted(runs.items(), key=_by_seed) if key[0] == recipe],
        )
        for recipe in order
        if any(key[0] == recipe for key in runs)
    ]
    found = Study(
        name=name,
        split=REPORT,
        images=len(store.load().split(REPORT).labels),
        conditions=list(CONDITIONS),
        variants=variants,
        made=Made.now(f"python -m core study {name}", "numpy", "keras"),
    )
    Study.model_validate(rounded(found.model_dump(mode="json"))).write(study_file(name))


def _by_seed(entry: tuple[Key, StudyRun]) -> int:
    return entry[0][1]
