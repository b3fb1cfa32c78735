"""The faces of a batch with what every network said, for gallery, summary and labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.batch.pipeline import Outcome
from core.rows import Row

Kind = Literal["face", "no face", "error"]


@dataclass(frozen=True)
class Found:
    """A face, or a picture without one.

    Attributes:
        outcome: of its picture.
        face: its number, 1 is the largest; None where there is none.
        rows: one a network that answered; the row of the picture where there is no face.
    """

    outcome: Outcome
    face: int | None
    rows: tuple[Row, ...]

    @property
    def kind(self) -> Kind:
        """What it is; a face is one even where a network failed on it."""
        if self.face is not None and any(row.label for row in self.rows):
            return "face"
        return "error" if any(row.error for row in self.rows) else "no face"

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.outcome.key[0]

    @property
    def labels(self) -> list[str]:
        """Class by network, of those that answered."""
        return [row.label for row in self.rows if row.label]

    @property
    def disputed(self) -> bool:
        """Whether two networks differ."""
        return len(set(self.labels)) > 1

    @property
    def sureness(self) -> float:
        """Least confidence of the networks' answers."""
        return min((row.probability for row in self.rows if row.label), default=0.0)

    def by(self, network: str) -> Row | None:
        """The answer of a network."""
        return next((row for row in self.rows if row.network == network and row.label), None)


def faces(outcomes: Sequence[Outcome]) -> list[Found]:
    """Everything that pictures gave, in order; at least one entry a picture."""
    found = []
    for outcome in outcomes:
        groups: dict[int | None, list[Row]] = {}
        for row in outcome.rows:
            groups.setdefault(row.face, []).append(row)
        found += [Found(outcome, face, tuple(rows)) for face, rows in groups.items()]
    return found
