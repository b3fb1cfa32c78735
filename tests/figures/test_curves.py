"""ROC and precision-recall as figures."""

from __future__ import annotations

import numpy as np
import pytest

from core.evaluation.curves import Curve, precision_recall, roc
from core.figures import curves, theme
from core.labels import CLASSES
from tests.factories import make_table

TABLE = make_table(seed=4)
ROC = {
    name: roc(TABLE.probabilities[:, place], TABLE.label == place)
    for place, name in enumerate(CLASSES)
}


@pytest.mark.parametrize("mode", theme.MODES)
def test_every_class_has_its_own_line_and_its_area_in_the_legend(mode: theme.Mode) -> None:
    figure = curves.roc(ROC, mode).figure
    lines = [trace for trace in figure.data if trace.name != "chance"]
    assert len({(line.line.color, line.line.dash) for line in lines}) == len(CLASSES)
    for line, name in zip(lines, CLASSES, strict=True):
        assert f"{ROC[name].area:.3f}" in line.name
    assert figure.layout.xaxis.title.text == "False alarms (% of the others)"


def test_precision_and_recall() -> None:
    found = {"happy": precision_recall(TABLE.probabilities[:, 3], TABLE.label == 3)}
    (line,) = curves.precision_recall(found).figure.data
    assert line.x[-1] == 100
    assert max(line.y) <= 100


def test_an_undefined_curve_is_left_out() -> None:
    undefined = roc(np.zeros(2), np.zeros(2, bool))
    figure = curves.roc({"happy": undefined, "sad": ROC["sad"]}).figure
    assert len(figure.data) == 2
    assert len(curves.table({"happy": undefined}, "x", "y")) == 0


def test_table_and_description() -> None:
    frame = curves.table(ROC, "false_positive_rate", "true_positive_rate")
    assert set(frame["class"]) == set(CLASSES)
    assert frame["true_positive_rate"].between(0, 1).all()
    line = np.zeros(2)
    known = {"happy": Curve(line, line, line, 0.9), "sad": Curve(line, line, line, 0.7)}
    assert curves.describe(known, "AUC") == (
        "AUC is highest for Happy (0.900) and lowest for Sad (0.700)."
    )
    assert curves.describe({}, "AUC") == "No class has images of both kinds."
