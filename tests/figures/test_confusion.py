"""The matrix on the screen: numbers, words, colours and what a click says."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from core import text
from core.evaluation.metrics import NORMALISATIONS, Normalisation, normalise
from core.figures import confusion, theme
from core.figures.entries import Matrix
from core.labels import CLASSES
from tests.evaluation.test_metrics import PUBLISHED

OTHER = PUBLISHED.T.copy()
A = Matrix("a", "A", PUBLISHED, CLASSES)
B = Matrix("b", "B", OTHER, CLASSES)


def numbers(figure: go.Figure) -> np.ndarray:
    notes = [note.text for note in figure.layout.annotations if note.xref == "x"]
    return np.array(notes).reshape(7, 7)


@pytest.mark.parametrize("mode", theme.MODES)
@pytest.mark.parametrize("by", NORMALISATIONS)
def test_cells_hold_the_normalised_matrix_and_say_so(by: Normalisation, mode: theme.Mode) -> None:
    figure = confusion.matrix(PUBLISHED, CLASSES, by, mode).figure
    digits, scale = (0, 1) if by == "none" else (1, 100)
    expected = [text.number(value, digits) for value in (scale * normalise(PUBLISHED, by)).ravel()]
    assert numbers(figure).ravel().tolist() == expected
    words = figure.layout.title.text.replace("<br>", " ")
    assert words == confusion.normalisation_text(by)
    assert len({confusion.normalisation_text(kind) for kind in NORMALISATIONS}) == 4
    assert len({confusion.normalisation_name(kind) for kind in NORMALISATIONS}) == 4


def color_of(figure: go.Figure, row: int, column: int) -> str:
    """The cell's colour as the browser draws it."""
    cells = figure.data[0]
    share = (cells.z[row][column] - cells.zmin) / (cells.zmax - cells.zmin)
    return theme.color_at([tuple(stop) for stop in cells.colorscale], share)


@pytest.mark.parametrize("mode", theme.MODES)
@pytest.mark.parametrize("by", NORMALISATIONS)
def test_equal_shares_have_equal_colours_in_any_two_matrices(
    by: Normalisation, mode: theme.Mode
) -> None:
    weak = np.full((7, 7), 30) + np.diag([60] * 7)  # no share near 100 %
    for counts in (PUBLISHED, weak, np.eye(7, dtype=int)):
        figure = confusion.matrix(counts, CLASSES, by, mode).figure
        cells = figure.data[0]
        assert (cells.zmin, cells.zmax) == (0, 100)
        shares = normalise(counts, "column" if by == "column" else "row")
        for row, column in np.ndindex(7, 7):
            expected = theme.color_at(theme.SEQUENTIAL[mode], float(shares[row, column]))
            assert color_of(figure, row, column) == expected
        assert list(cells.colorbar.tickvals) == [0, 25, 50, 75, 100]
        assert cells.colorbar.ticktext[-1] == text.percent(1, 0)


def test_names_of_columns_stand_on_top() -> None:
    axis = confusion.matrix(PUBLISHED, CLASSES).figure.layout.xaxis
    assert axis.side == "top"
    assert list(axis.ticktext) == [
        "Angry", "Disgust", "Fear", "Happy", "Sad", "Surprise", "Neutral",
    ]  # fmt: skip


def test_numbers_are_written_in_the_language_of_the_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert numbers(confusion.matrix(PUBLISHED, CLASSES).figure)[0, 0] == "66.0"
    monkeypatch.setattr(text, "_source", lambda: "id")
    assert numbers(confusion.matrix(PUBLISHED, CLASSES).figure)[0, 0] == "66,0"
    assert numbers(confusion.matrix(1000 * PUBLISHED, CLASSES, "none").figure)[0, 0] == "308.000"


def test_a_click_names_the_cell() -> None:
    figure = confusion.matrix(PUBLISHED, CLASSES).figure
    overlay = figure.data[1]
    assert overlay.type == "scatter"
    assert overlay.marker.symbol == "square"
    assert overlay.hoverinfo != "skip"
    assert figure.layout.hoverdistance == -1
    for x, y, (true, predicted) in zip(overlay.x, overlay.y, overlay.customdata, strict=True):
        assert (CLASSES[y], CLASSES[x]) == (true, predicted)
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]


def test_hover_gives_count_and_all_three_shares() -> None:
    overlay = confusion.matrix(PUBLISHED, CLASSES).figure.data[1]
    found = overlay.text[4 * 7 + 6].split("<br>")
    assert found == [
        "<b>true Sad, predicted Neutral</b>",
        "91 images",
        "13.9% of the true class",
        "13.6% of the predicted class",
        "2.5% of all images",
    ]
    assert "<br>1 image<br>" in overlay.text[1 * 7 + 3]


def test_selected_cell_is_framed() -> None:
    framed = confusion.matrix(PUBLISHED, CLASSES, selected=("sad", "neutral"))
    (shape,) = framed.figure.layout.shapes
    assert (shape.x0, shape.x1, shape.y0, shape.y1) == (5.5, 6.5, 3.5, 4.5)
    assert not confusion.matrix(PUBLISHED, CLASSES, selected=("sad", "bored")).figure.layout.shapes


def test_difference_is_other_minus_base_around_zero() -> None:
    figure = confusion.difference(B, A, "all").figure
    expected = 100 * (normalise(PUBLISHED, "all") - normalise(OTHER, "all"))
    np.testing.assert_allclose(figure.data[0].z, expected)
    assert figure.data[0].zmin == -figure.data[0].zmax
    assert figure.data[0].zmax == pytest.approx(np.abs(expected).max())
    shares = confusion.difference(B, A, "row").figure
    assert (shares.data[0].zmin, shares.data[0].zmax) == (-50, 50)
    assert list(shares.data[0].colorbar.ticktext) == ["\u2264 \u221250", "0", "\u2265 +50"]
    words = figure.layout.title.text.replace("<br>", " ")
    assert words == "A: percentage points more (+) or less (\u2212) than B"


def test_difference_comes_with_both_matrices_and_a_sentence() -> None:
    chart = confusion.difference(B, A)
    assert chart.table is not None
    assert chart.table["count_a"].tolist() == PUBLISHED.ravel().tolist()
    assert chart.table["count_b"].tolist() == OTHER.ravel().tolist()
    assert chart.sentence == "Confusion matrix of A minus that of B."


def test_difference_in_counts_has_signs_and_no_decimals() -> None:
    found = numbers(confusion.difference(B, A, "none").figure)
    assert found[0, 0] == "0"
    assert found[0, 1] == "\u221210"
    assert found[1, 0] == "+10"


def test_difference_that_rounds_to_zero_has_no_sign() -> None:
    many, more = (Matrix("a", "A", 1000 * PUBLISHED + plus, CLASSES) for plus in (0, 1))
    found = numbers(confusion.difference(many, more).figure)
    assert set(found.ravel()) == {"0.0"}


def test_empty_matrix_can_be_drawn() -> None:
    empty = np.zeros((7, 7), dtype=int)
    assert set(numbers(confusion.matrix(empty, CLASSES).figure).ravel()) == {"0.0"}
    assert confusion.describe(empty, CLASSES) == "An empty confusion matrix."
    nothing = Matrix("a", "A", empty, CLASSES)
    assert set(numbers(confusion.difference(nothing, nothing).figure).ravel()) == {"0.0"}


def test_one_against_the_rest_takes_any_words() -> None:
    figure = confusion.matrix([[5, 1], [2, 9]], ["happy", "the rest"], "none").figure
    assert list(figure.layout.xaxis.ticktext) == ["Happy", "the rest"]
    assert list(figure.layout.yaxis.ticktext) == ["Happy", "the rest"]


def test_table_gives_every_cell() -> None:
    found = confusion.table(PUBLISHED, CLASSES)
    assert len(found) == 49
    assert found["count"].sum() == PUBLISHED.sum()
    row = found[(found["true"] == "sad") & (found["predicted"] == "neutral")].iloc[0]
    assert row["share_of_true"] == pytest.approx(91 / 653)


def test_description_names_the_most_frequent_mistake() -> None:
    assert confusion.describe(PUBLISHED, CLASSES) == (
        "Confusion matrix of 3,589 images, 73.3% of them right. Most frequent mistake: Sad taken "
        "for Neutral (91)."
    )
    assert "all of them right" in confusion.describe(np.eye(7, dtype=int), CLASSES)
