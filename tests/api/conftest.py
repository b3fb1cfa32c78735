"""A client of the API over the tests' own networks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.conftest import Lab
from tests.photos import detector, photo, scene

if TYPE_CHECKING:
    from starlette.testclient import TestClient

__all__ = ["detector", "photo", "scene"]


@pytest.fixture
def client(lab: Lab) -> Iterator[TestClient]:
    from starlette.testclient import TestClient

    from core.api.app import create

    with TestClient(create(), raise_server_exceptions=False) as found:
        yield found
