"""Recipes: everything that decides how a network is built and trained, in one TOML file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core import paths
from core.data.augment import Augmentation
from core.data.corrupting import Corrupting
from core.data.division import Division
from core.errors import RecipeError
from core.labels import CLASSES
from core.records import first_problem

Optimizer = Literal["sgd", "adam"]
Schedule = Literal["constant", "cosine", "plateau"]

Id = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
"""Name of a network's folders; never a path to somewhere else."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DataSection(_Section):
    """Which images, with which targets.

    Attributes:
        classes: expressions to tell apart, in output order.
        targets: `labels` (FER-2013's own) or `crowd` (FER+ vote shares; images without
            votes keep their label).
        label_smoothing: share of each target spread evenly over all classes.
        teachers: networks in `models/` whose mean answer to an image is part of its target.
        teaching: the share of that part.
        class_weights: weigh images by the inverse frequency of their class to this power:
            0 for not at all, 1 gives every class the same total weight.
        mixup: alpha of the Beta distribution that mixes image pairs (Zhang et al. 2018,
            arXiv:1710.09412), 0 for none.
        split: a division of Training, whose validation part then chooses the epoch instead
            of PublicTest; none by default.
        smote: fill every class up to the largest with images between one of its images and
            one of this many nearest neighbours, 0 for not at all; see
            `core.training.images.oversample`.
        augmentation: random changes of the training images; teachers see them changed.
        corruptions: random damage to what the network sees; its teachers see the image as it
            was before.
    """

    classes: tuple[str, ...] = CLASSES
    targets: Literal["labels", "crowd"] = "labels"
    label_smoothing: float = Field(0.0, ge=0, lt=1)
    teachers: tuple[Id, ...] = ()
    teaching: float = Field(0.0, ge=0, le=1)
    class_weights: float = Field(0.0, ge=0, le=1)
    mixup: float = Field(0.0, ge=0)
    split: Division | None = None
    smote: int = Field(0, ge=0)
    augmentation: Augmentation = Augmentation()
    corruptions: Corrupting = Corrupting()

    @model_validator(mode="after")
    def _known_classes(self) -> Self:
        unknown = [name for name in self.classes if name not in CLASSES]
        if unknown or len(set(self.classes)) != len(self.classes) or len(self.classes) < 2:
            raise ValueError(
                f"classes: expected two or more different ones of {', '.join(CLASSES)}"
            )
        return self

    @model_validator(mode="after")
    def _taught_by_somebody(self) -> Self:
        if bool(self.teachers) != (self.teaching > 0):
            raise ValueError("teaching: expected a share above 0 with teachers, and 0 without")
        return self

    @model_validator(mode="after")
    def _made_images_have_labels_only(self) -> Self:
        if self.smote and (self.targets == "crowd" or self.class_weights):
            raise ValueError(
                "smote: expected targets = 'labels' and class_weights = 0, since made images "
                "have no votes and leave all classes equally large"
            )
        return self


class NetworkSection(_Section):
    """Which builder, with which settings (checked by the builder).

    Attributes:
        start: network in `models/` whose Keras file or run holds the first weights; by
            default the builder chooses them.
        start_share: share of the weights of `start` in those that are exported, the rest being
            the trained ones (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models",
            arXiv:2109.01903): new skills without forgetting the old ones.
    """

    builder: str
    start: Annotated[str, Field(pattern=r"^[a-z0-9_]*$")] = ""
    start_share: float = Field(0.0, ge=0, lt=1)
    settings: dict[str, Any] = {}

    @model_validator(mode="after")
    def _share_of_something(self) -> Self:
        if self.start_share and not self.start:
            raise ValueError("start_share: expected 0 without start")
        return self


class Stage(_Section):
    """One phase of training, with its own part of the network and its own schedule.

    Attributes:
        name: shown beside the curves.
        epochs: passes over the training images, at most.
        trainable: `all`, `head`, or the name of the first trainable layer of the
            backbone; squeeze-and-excitation always learns with the head.
        optimizer: `sgd` (Nesterov momentum 0.9) or `adam`.
        learning_rate: highest rate.
        schedule: `constant`, `cosine` (to a ten-thousandth) or `plateau` (halved when
            the selection loss has not fallen for three epochs).
        warmup: epochs of linear rise to the highest rate.
        weight_decay: decoupled, on kernels only.
        clip: largest norm of the gradient over all weights; longer ones are shortened to it.
        patience: stop when the selection score has not risen for so many epochs; 0 for never.
        ema: share kept in the running mean of the weights at each step, 0 for none. The
            mean is what is validated and kept.
        cache_features: compute what lies below the head once (needs `trainable = "head"`
            and no augmentation).
    """

    name: str
    epochs: Annotated[int, Field(ge=1)]
    trainable: str = "all"
    optimizer: Optimizer = "sgd"
    learning_rate: Annotated[float, Field(gt=0)]
    schedule: Schedule = "cosine"
    warmup: float = Field(0.0, ge=0)
    weight_decay: float = Field(0.0, ge=0)
    clip: Annotated[float, Field(gt=0)] = 1.0
    patience: int = Field(0, ge=0)
    ema: float = Field(0.0, ge=0, lt=1)
    cache_features: bool = False


class Recipe(_Section):
    """A whole recipe; see `recipes/` for examples.

    Attributes:
        id: name of the folders in `models/` and `results/`, and of the file.
        title, family, summary, best_use: what pages show; `summary` is one sentence,
            `best_use` ends the sentence "Best for ...".
        batch: images a step.
        seed: of weights, order and augmentation.
        precision: Keras dtype policy while training; exports are float32.
        select_by: what decides, on PublicTest, which epoch is kept: `accuracy`, `loss`, or
            `robust`, the mean of the accuracy as it is and under the recipe's corruptions
            (one fixed draw).
        keep_keras: whether `models/<id>/model.keras` is exported too.
        stored: how large weights stand in `model.onnx`: `float16`, or `int8` with a scale for
            each channel, which is half as large and may cost a little accuracy.
    """

    id: Id
    title: str
    family: str
    summary: str
    best_use: str = ""
    batch: int = Field(64, ge=2)
    seed: int = 0
    precision: Literal["float32", "mixed_bfloat16"] = "mixed_bfloat16"
    select_by: Literal["accuracy", "loss", "robust"] = "accuracy"
    keep_keras: bool = False
    stored: Literal["float16", "int8"] = "float16"
    data: DataSection = DataSection()
    network: NetworkSection
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _cacheable(self) -> Self:
        data = self.data
        changes = data.augmentation != Augmentation() or data.mixup > 0 or data.corruptions.kinds
        for stage in self.stages:
            if stage.cache_features and (stage.trainable != "head" or changes):
                raise ValueError(
                    f"stages.{stage.name}.cache_features: expected trainable = 'head', "
                    "no augmentation, no mixup and no corruptions"
                )
        return self

    @model_validator(mode="after")
    def _robust_against_something(self) -> Self:
        if self.select_by == "robust" and not self.data.corruptions.kinds:
            raise ValueError("select_by: expected data.corruptions where it is 'robust'")
        return self


def read(name: str | Path) -> Recipe:
    """Read a recipe by its id (from `recipes/`) or by the path of a TOML file.

    Raises:
        RecipeError: naming the file and the key, before anything is built.
    """
    path = Path(name) if str(name).endswith(".toml") else paths.recipes() / f"{name}.toml"
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(file.stem for file in paths.recipes().glob("*.toml")))
        raise RecipeError(f"No recipe {path}. Expected a TOML file or one of: {known}.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as reason:
        raise RecipeError(f"{path} is not readable TOML: {reason}.") from reason
    try:
        return Recipe.model_validate(values)
    except ValidationError as reason:
        raise RecipeError(f"{path}: {first_problem(reason)}") from reason
