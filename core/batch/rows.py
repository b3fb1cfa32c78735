"""The table of a batch: one row for each face and network, one for each file without a face."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core import __version__
from core.labels import CLASSES
from core.schema import Card

BEFORE = ("file", "sha256", "seconds", "face", "x", "y", "width", "height", "score", "found")
ANSWER = ("network", "label", "probability", "second", "second_probability")
AFTER = ("model_sha256", "version", "warning", "error")

Value = str | int | float | None

NO_FACE = "no face"


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        file: name of the file in the batch.
        sha256: of its content; empty where that could not be read.
        seconds: time of the frame in a video.
        face: number of the face in the picture, 0 is the largest; None without a face.
        box: x, y, width and height in pixels of the part of the face's box that lies in the
            upright picture.
        score: the detector's, 0 to 1.
        found: how the face was found, a value of `core.faces.search.Found`.
        network: id; empty in a row without a face.
        model_sha256: hash of the network's file.
        probabilities: calibrated, by class name.
        warning: what may be wrong with the face, words divided by `; `.
        error: sentence on why there is no answer.
    """

    file: str
    sha256: str = ""
    seconds: float | None = None
    face: int | None = None
    box: tuple[float, float, float, float] | None = None
    score: float | None = None
    found: str = ""
    network: str = ""
    model_sha256: str = ""
    probabilities: Mapping[str, float] = field(default_factory=dict)
    warning: str = ""
    error: str = ""

    @property
    def ranked(self) -> list[str]:
        """Class names, most probable first; the first in order where two are equal."""
        return sorted(self.probabilities, key=lambda name: -self.probabilities[name])

    @property
    def label(self) -> str:
        """The most probable class; empty without an answer."""
        return max(self.probabilities, key=self.probabilities.__getitem__, default="")

    @property
    def probability(self) -> float:
        """Probability of `label`; 0 without an answer."""
        return max(self.probabilities.values(), default=0.0)

    def values(self, classes: Sequence[str]) -> dict[str, Value]:
        """The row as a table has it, by the names of `columns(classes)`."""
        first, second = (*self.ranked, "", "")[:2]
        found: dict[str, Value] = {
            "file": self.file,
            "sha256": self.sha256,
            "seconds": self.seconds,
            "face": self.face,
            **dict(zip(("x", "y", "width", "height"), self.box or (None,) * 4, strict=True)),
            "score": self.score,
            "found": self.found,
            "network": self.network,
            "label": first,
            "probability": self.probabilities.get(first),
            "second": second,
            "second_probability": self.probabilities.get(second),
            **{f"p_{name}": self.probabilities.get(name) for name in classes},
            "model_sha256": self.model_sha256,
            "version": __version__,
            "warning": self.warning,
            "error": self.error,
        }
        return found


def columns(classes: Sequence[str]) -> list[str]:
    """Names of the columns, in their order, for networks that know `classes` in all."""
    return [*BEFORE, *ANSWER, *(f"p_{name}" for name in classes), *AFTER]


def all_classes(cards: Iterable[Card]) -> list[str]:
    """Every class that a network knows: FER-2013's seven first, then the others."""
    others = {name: None for card in cards for name in card.classes if name not in CLASSES}
    return [*CLASSES, *others]
