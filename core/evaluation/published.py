"""What others report on FER-2013, each with its source and how it was measured."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from core.data.supports import support
from core.errors import ResultsError
from core.files import UNREADABLE
from core.labels import CLASSES
from core.records import Record, Share, first_problem
from core.text import language

PATH = Path(__file__).with_suffix(".toml")

Protocol = Literal["clean", "selected", "leaked", "unknown"]


class PublishedResult(Record):
    """One number from a paper or a package.

    Attributes:
        name: the system and its authors.
        accuracy: share right.
        spread: half width of the range that the source gives, 0 for a single number.
        split: the split of FER-2013 it was measured on; None where the source is silent.
        kind: `reported` by its authors, or `measured` on the files they released.
        repeated: lowest and highest share right that others got when they tried again.
        parameters: weights of the network, where known.
        source: address of the paper or code; None for a package that its name finds.
        protocol: `clean` where the quoted split chose nothing, `selected` where the epoch
            was chosen on a quoted split, `leaked` where faces of the test stood in training,
            `unknown` where the source is silent or nothing was chosen.
        note: what must be known before comparing, by language.
        line: whether figures mark it.
    """

    name: str
    accuracy: Share
    spread: Share = 0.0
    split: Literal["PublicTest", "PrivateTest"] | None = None
    kind: Literal["reported", "measured"]
    parameters: Annotated[int, Field(gt=0)] | None = None
    source: Annotated[str, Field(pattern=r"^https://")] | None = None
    protocol: Protocol
    repeated: tuple[Share, Share] | None = None
    note: dict[str, str]
    line: bool = False

    @model_validator(mode="after")
    def _lowest_first(self) -> Self:
        if self.repeated and self.repeated[0] > self.repeated[1]:
            raise ValueError("repeated: expected the lower share first")
        return self

    @property
    def found_again(self) -> tuple[float, float] | None:
        """Lowest and highest share that somebody besides the authors got, if anybody did.

        A number that was measured for this project on their files is one.
        """
        return (self.accuracy, self.accuracy) if self.kind == "measured" else self.repeated

    @property
    def text(self) -> str:
        """The note in the language of the moment."""
        return self.note.get(language(), self.note["en"])


class Published(Record):
    """`published.toml`: other people's networks, people, and the FER+ crowd."""

    result: list[PublishedResult]
    human: PublishedResult
    crowd: PublishedResult

    @property
    def by_repetition(self) -> list[PublishedResult]:
        """The results by what others found again, best first, then those nobody repeated."""
        return sorted(
            self.result,
            key=lambda item: (
                item.found_again is not None,
                item.found_again[1] if item.found_again else item.accuracy,
                item.accuracy,
            ),
            reverse=True,
        )


@cache
def published(path: Path = PATH) -> Published:
    """Read `published.toml`.

    Raises:
        ResultsError: naming the key that is wrong.
    """
    try:
        return Published.model_validate(tomllib.loads(path.read_text("utf-8")))
    except ValidationError as reason:
        raise ResultsError(f"{path}: {first_problem(reason)}") from reason
    except UNREADABLE as reason:
        raise ResultsError(f"{path} is not readable: {reason}.") from reason


def chance(classes: tuple[str, ...] = CLASSES) -> float:
    """Expected accuracy of guessing each of `classes` equally often."""
    return 1 / len(classes)


def majority(split: str, classes: tuple[str, ...] = CLASSES) -> tuple[str, float]:
    """The most frequent of `classes` in a split and the accuracy of always naming it."""
    counts = support(split, classes)
    most = max(counts)
    return classes[counts.index(most)], most / sum(counts)
