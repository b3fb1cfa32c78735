"""A client of the API over the tests' own networks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from core.api.app import create
from core.api.state import Api
from tests.conftest import Lab
from tests.photos import detector, photo, scene

__all__ = ["detector", "photo", "scene"]


@pytest.fixture
def api(lab: Lab) -> Iterator[tuple[TestClient, Api]]:
    """A client, and what its application's routes share."""
    app = create()
    with TestClient(app, raise_server_exceptions=False) as found:
        yield found, app.state.api


@pytest.fixture
def client(api: tuple[TestClient, Api]) -> TestClient:
    return api[0]


@pytest.fixture
def state(api: tuple[TestClient, Api]) -> Api:
    return api[1]
