"""What all routes of one application share: engine, detector, threads, jobs, keys."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict, Unpack

from starlette.requests import Request

from core import paths
from core.api.keys import Gate
from core.api.problems import ProblemError
from core.api.telemetry import Telemetry
from core.batch.pipeline import Pipeline
from core.engine.catalogue import available_models
from core.evaluation.trust import Trust, trust_in
from core.text import _

if TYPE_CHECKING:
    from core.api.classify import Pool
    from core.api.jobs import Jobs
    from core.batch.pipeline import Outcome
    from core.engine.engine import Engine
    from core.faces.detector import FaceDetector
    from core.schema import Card


class Settings(TypedDict, total=False):
    """What a request may ask of `Pipeline`."""

    every: float
    quick: bool
    behind: bool


@dataclass
class Api:
    """State of one application.

    Attributes:
        engine: the process's one engine.
        detector: finds faces; safe for threads.
        pool: threads for single photos.
        jobs: batches at work.
        gate: who may ask.
        telemetry: counts.
    """

    engine: Engine
    detector: FaceDetector
    pool: Pool
    jobs: Jobs
    gate: Gate
    telemetry: Telemetry = field(default_factory=Telemetry)
    _trusted: dict[str, tuple[object, Trust]] = field(default_factory=dict)

    def chosen(self, networks: str) -> list[Card]:
        """Cards of networks named by ids with commas between; the default without any.

        Raises:
            ProblemError: 404 for an unknown id, 503 where there is no network at all.
        """
        from core.engine.catalogue import default_network

        known = {card.id: card for card in available_models()}
        if not known:
            raise ProblemError(503, _("There are no networks on this server."))
        names = list(dict.fromkeys(filter(None, map(str.strip, networks.split(",")))))
        for name in names:
            if name not in known:
                raise ProblemError(
                    404,
                    _("There is no network {name}. There are: {known}.").format(
                        name=repr(name[:80]), known=", ".join(known)
                    ),
                )
        return [known[name] for name in names] or [default_network(list(known.values()))]

    def pipeline(
        self, cards: Sequence[Card], sets: str | None, **settings: Unpack[Settings]
    ) -> Pipeline:
        """The way of photos for one request.

        Args:
            cards: of the networks asked.
            sets: stated coverage of sets of answers in percent, or None.
            settings: as `Pipeline` takes them.

        Raises:
            ProblemError: 422 where sets of a network cannot be calibrated.
        """
        trust = {card.id: self._trust(card) for card in cards}
        level = int(sets) / 100 if sets else None
        for name, known in trust.items():
            if level and known.rule(level) is None:
                sentence = _("There are no predictions of {network} to calibrate sets on.")
                raise ProblemError(422, sentence.format(network=name))
        return Pipeline(
            cards, self.engine.predict, self.detector, trust=trust, level=level, **settings
        )

    def _trust(self, card: Card) -> Trust:
        """What is known of a network, read again when its results change."""
        stamp = tuple(
            (path.name, path.stat().st_mtime_ns)
            for path in sorted((paths.results() / card.id).glob("[pr]*.*"))
        )
        kept = self._trusted.get(card.id)
        if kept is None or kept[0] != (card.model_sha256, stamp):
            kept = ((card.model_sha256, stamp), trust_in(card))
            self._trusted[card.id] = kept
        return kept[1]

    def count(self, outcomes: Iterable[Outcome]) -> None:
        """Add photos and faces to the metrics."""
        for outcome in outcomes:
            self.telemetry.photos.inc()
            faces = {row.face for row in outcome.rows if row.face is not None}
            self.telemetry.faces.inc(len(faces))


def api_of(request: Request) -> Api:
    """The state of the application that serves a request."""
    state: Api = request.app.state.api
    return state


def workers() -> int:
    """Threads for single photos: one more than there are cores, as a batch has."""
    return 1 + (os.cpu_count() or 1)
