"""Equal numbers are drawn once, in each language and mode, and what is kept stays small."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Barrier, Thread

import numpy as np
import plotly.graph_objects as go
import pytest

from core.figures import chart, confusion
from core.figures.chart import Chart, Shelf, drawn_once
from core.labels import CLASSES
from core.text import in_language
from tests.evaluation.test_metrics import PUBLISHED

Draw = Callable[..., Chart]


@dataclass(frozen=True)
class Row:
    name: str
    values: np.ndarray


@pytest.fixture(autouse=True)
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    found = Shelf()
    monkeypatch.setattr(chart, "SHELF", found)
    return found


@pytest.fixture
def drawn() -> list[str]:
    return []


@pytest.fixture
def draw(drawn: list[str]) -> Draw:
    @drawn_once
    def bars(rows: list[Row], mode: str = "dark") -> Chart:
        drawn.append(mode)
        figure = go.Figure(go.Bar(y=rows[0].values, name=rows[0].name))
        return Chart(figure, None, mode)

    return bars


def rows(value: float = 1.0) -> list[Row]:
    return [Row("one", np.array([value, 2.0]))]


def test_equal_values_are_drawn_once(draw: Draw, drawn: list[str]) -> None:
    first, second = draw(rows()), draw(rows())
    assert drawn == ["dark"]
    assert first.json == second.json
    assert (first.sentence, second.sentence) == ("dark", "dark")


def test_other_values_modes_and_languages_are_drawn_again(draw: Draw, drawn: list[str]) -> None:
    draw(rows())
    draw(rows(1.5))
    draw(rows(), "light")
    with in_language("id"):
        draw(rows())
    assert len(drawn) == 4


def test_a_kept_figure_is_the_figure() -> None:
    first = confusion.matrix(PUBLISHED, CLASSES)
    kept = confusion.matrix(PUBLISHED.copy(), CLASSES)
    assert kept is not first
    assert kept.json == first.json
    assert kept.table is not None
    assert kept.table["count"].sum() == PUBLISHED.sum()
    figure = kept.figure
    np.testing.assert_array_equal(figure.data[0].z, first.figure.data[0].z)
    figure.update_layout(height=1000)
    assert kept.figure.layout.height != 1000, "every caller has a figure of its own"


def test_a_shelf_gives_up_what_was_looked_at_longest_ago() -> None:
    charts = [Chart(go.Figure(layout_title_text=str(place)), None, "") for place in range(3)]
    shelf = Shelf(limit=2 * charts[0].size + 1)
    for place, one in enumerate(charts[:2]):
        shelf.put(bytes([place]), one)
    assert shelf.get(bytes([0])) is not None
    shelf.put(bytes([2]), charts[2])
    assert [place for place in range(3) if shelf.get(bytes([place]))] == [0, 2]


def test_a_chart_larger_than_the_shelf_is_not_kept() -> None:
    shelf = Shelf(limit=10)
    shelf.put(b"a", Chart(go.Figure(), None, ""))
    assert len(shelf) == 0
    shelf.put(b"a", Chart(go.Figure(), None, ""))
    assert len(shelf) == 0


def test_many_threads_draw_one_chart(draw: Draw, shelf: Shelf) -> None:
    gate, texts = Barrier(8), []

    def look() -> None:
        gate.wait()
        texts.append(draw(rows()).json)

    threads = [Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(texts)) == 1
    assert len(texts) == 8
    assert len(shelf) == 1
