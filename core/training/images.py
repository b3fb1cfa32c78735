"""The images of a run: what it learns from and what chooses its epoch."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.data import division
from core.data.corrupting import corrupt
from core.data.store import Dataset, Split
from core.errors import DataError, RecipeError
from core.roles import REPORT, SELECTION, TRAINING
from core.schema import Protocol, SelectionImages
from core.training.recipe import Recipe


@dataclass(frozen=True)
class Images:
    """What a run sees; labels are positions in the recipe's classes."""

    training: Split
    selection: Split


def selection_split(recipe: Recipe) -> str:
    """Name of what chooses the epoch."""
    return division.VALIDATION if recipe.data.split else SELECTION


def images_of(recipe: Recipe, dataset: Dataset) -> Images:
    """The images that a recipe trains on and selects by.

    Raises:
        DataError: if a part of Training would be empty.
        RecipeError: if a class has too few images for SMOTE.
    """
    training, selection = dataset.split(TRAINING), dataset.split(SELECTION)
    if recipe.data.split:
        parts = division.divide(training, recipe.data.split)
        training, selection = parts.training, parts.validation
    training = training.only(recipe.data.classes)
    if recipe.data.smote:
        training = oversample(training, recipe.data.smote, recipe.seed)
    return Images(training, selection.only(recipe.data.classes))


def corrupted_selection(recipe: Recipe, selection: Split) -> Split | None:
    """The selection split under one fixed draw of the recipe's corruptions.

    None where these do not help to choose the epoch.
    """
    if recipe.select_by != "robust":
        return None
    rng = np.random.default_rng(recipe.seed)
    return replace(selection, faces=corrupt(selection.faces, recipe.data.corruptions, rng))


def protocol(recipe: Recipe) -> Protocol:
    """Which images did what, for the card."""
    data, training = recipe.data, f"FER-2013 {TRAINING}"
    selection = SelectionImages(split=f"FER-2013 {SELECTION}")
    score = {"robust": "mean accuracy with and without corruptions"}.get(
        recipe.select_by, recipe.select_by
    )
    selected_by = f"best {score} on {selection_split(recipe)}"
    if data.split:
        training = (
            f"{data.split.training:.0%} of FER-2013 Training (drawn with seed {data.split.seed}, "
            "every class in proportion, exact copies kept in one part)"
        )
        selection = SelectionImages(split=f"FER-2013 {TRAINING}", share=data.split.validation)
        selected_by += (
            f"; temperature from {SELECTION}; a last {data.split.test:.0%} of Training "
            "took no part and is measured beside the report"
        )
    if data.smote:
        training += f", classes filled up by SMOTE ({data.smote} neighbours) in this part only"
    return Protocol(
        training=training,
        selection=selection,
        report=f"FER-2013 {REPORT}",
        selected_by=selected_by,
    )


def oversample(split: Split, neighbours: int, seed: int) -> Split:
    """Fill every class up to the largest with images between neighbours.

    SMOTE (Chawla et al. 2002, "SMOTE: Synthetic Minority Over-sampling Technique") takes an
    image, one of its nearest neighbours of the same class, pixels as coordinates, and a
    point on the line between them.

    Args:
        split: what is learned from, and nothing else.
        neighbours: how many nearest ones are drawn from.
        seed: of the draws.

    Returns:
        The images as they are, then the made ones, with index -1 and without votes.

    Raises:
        RecipeError: if a class has too few images.
        DataError: if imbalanced-learn is not installed.
    """
    try:
        from imblearn.over_sampling import SMOTE
    except ModuleNotFoundError as reason:
        raise DataError(
            "data.smote needs imbalanced-learn: pip install -r requirements.txt."
        ) from reason
    counts = np.bincount(split.labels)
    fewest = int(counts[counts > 0].min())
    if neighbours >= fewest:
        raise RecipeError(
            f"data.smote: expected fewer neighbours than the {fewest} images of the smallest "
            f"class. Received: {neighbours}."
        )
    pixels = split.faces.reshape(len(split.faces), -1).astype(np.float32)
    sampler = SMOTE(k_neighbors=neighbours, random_state=seed)
    filled, labels = sampler.fit_resample(pixels, split.labels)
    made = len(filled) - len(pixels)
    faces = np.rint(filled[len(pixels) :]).astype(np.uint8).reshape(made, *split.faces.shape[1:])
    return Split(
        index=np.concatenate([split.index, np.full(made, -1)]),
        faces=np.concatenate([split.faces, faces]),
        labels=labels.astype(np.uint8),
        votes=None,
    )
