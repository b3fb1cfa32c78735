"""What all routes of one application share: engine, detector, threads, jobs, keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypedDict, Unpack

from anyio import to_thread
from starlette.requests import Request

from core import paths
from core.api.keys import Gate
from core.api.problems import ProblemError
from core.api.telemetry import Telemetry
from core.batch.pipeline import Pipeline
from core.engine.catalogue import available_models, default_network
from core.evaluation.trust import Trust, trust_in
from core.files import stamp
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
    _cards: tuple[str, list[Card]] = ("", [])
    _trusted: dict[str, tuple[str, Trust]] = field(default_factory=dict)

    def cards(self) -> list[Card]:
        """Cards of the networks that can be asked, read again when a file changes."""
        files = stamp(paths.models(), "*/*")
        if files != self._cards[0]:
            self._cards = (files, available_models())
        return self._cards[1]

    def chosen(self, networks: str) -> list[Card]:
        """Cards of networks named by ids with commas between; the default without any.

        Raises:
            ProblemError: 404 for an unknown id, 503 where there is no network at all.
        """
        known = {card.id: card for card in self.cards()}
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

    async def pipeline(
        self, networks: str, sets: str | None, **settings: Unpack[Settings]
    ) -> Pipeline:
        """The way of photos for one request; the files it looks at are read in a thread.

        Args:
            networks: as `chosen` takes them.
            sets: stated coverage of sets of answers in percent, or None.
            settings: as `Pipeline` takes them.

        Raises:
            ProblemError: as `chosen`; 422 where sets of a network cannot be calibrated.
        """
        return await to_thread.run_sync(partial(self._pipeline, networks, sets, settings))

    def _pipeline(self, networks: str, sets: str | None, settings: Settings) -> Pipeline:
        cards = self.chosen(networks)
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
        files = card.model_sha256 + stamp(paths.results() / card.id, "*.*")
        kept = self._trusted.get(card.id)
        if kept is None or kept[0] != files:
            kept = self._trusted[card.id] = (files, trust_in(card))
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
