"""Modules are spared by the garbage collector, what a viewer leaves behind is not."""

from __future__ import annotations

import gc
import sys
import types
import weakref
from collections.abc import Iterator

import pytest

from core.ui import collector


class Ring:
    """Refers to itself, so that only the garbage collector frees it."""

    def __init__(self) -> None:
        self.self = self


@pytest.fixture(autouse=True)
def thawed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(collector, "_modules", 0)
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_what_modules_hold_is_not_searched_again() -> None:
    collector.spare_modules()
    spared = gc.get_freeze_count()
    assert spared > 10_000
    assert len(gc.get_objects()) < spared / 10


def test_what_comes_later_is_still_collected() -> None:
    collector.spare_modules()
    ring = Ring()
    left = weakref.ref(ring)
    del ring
    collector.spare_modules()
    gc.collect()
    assert left() is None


def test_modules_loaded_since_are_spared_too(monkeypatch: pytest.MonkeyPatch) -> None:
    collector.spare_modules()
    before = gc.get_freeze_count()
    module = types.ModuleType("loaded_since")
    module.kept = [Ring() for _ in range(1000)]  # type: ignore[attr-defined]
    collector.spare_modules()
    assert gc.get_freeze_count() < before + 1000
    monkeypatch.setitem(sys.modules, "loaded_since", module)
    collector.spare_modules()
    assert gc.get_freeze_count() >= before + 1000
