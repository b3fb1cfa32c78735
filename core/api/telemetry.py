"""Prometheus metrics of the API: counts and times, no names of files and no pixels."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Telemetry:
    """What the API counts; one for each application."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "fer_requests", "Requests answered.", ("route", "status"), registry=self._registry
        )
        self.seconds = Histogram(
            "fer_request_seconds",
            "Seconds from a request to its answer.",
            ("route",),
            buckets=BUCKETS,
            registry=self._registry,
        )
        self.photos = Counter("fer_photos", "Photos looked at.", registry=self._registry)
        self.faces = Counter("fer_faces", "Faces classified.", registry=self._registry)
        self.waiting = Gauge(
            "fer_photos_waiting", "Photos waiting or being looked at.", registry=self._registry
        )
        self.jobs = Gauge("fer_jobs", "Jobs that are kept.", registry=self._registry)

    def text(self) -> bytes:
        """Everything in Prometheus's text format."""
        return generate_latest(self._registry)


class Timed:
    """ASGI middleware that counts and times requests by route.

    Args:
        app: the application behind it.
        telemetry: where to.
    """

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app = app
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 499  # what is counted where the client left before an answer began

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            # The route's pattern, never the path: an address may hold what nobody should read.
            route = getattr(scope.get("route"), "path", "other")
            self._telemetry.requests.labels(route, str(status)).inc()
            self._telemetry.seconds.labels(route).observe(time.perf_counter() - started)
