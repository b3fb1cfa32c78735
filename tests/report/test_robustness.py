from __future__ import annotations

from core.evaluation.conformal import calibrate, check
from core.evaluation.robustness import Robustness
from core.report import build
from core.schema import Card, Metrics, read_predictions
from core.text import number, percent
from tests import factories
from tests.conftest import Lab


def test_the_report_tells_of_corrupted_images_and_sets(lab: Lab) -> None:
    assert "Under change" not in build.readme().decode()
    for name in lab.ids:
        card = Card.of(lab.models / name)
        path = lab.results / name / "metrics.json"
        Metrics.read(path).model_copy(update={"model_sha256": card.model_sha256}).write(path)
        factories.make_robustness(lab.results, name, model_sha256=card.model_sha256)
    text = build.readme().decode()
    found = Robustness.read(lab.results / "plain_net" / "robustness.json")
    assert f"| {percent(found.clean.accuracy)} | {percent(found.mean_accuracy)} |" in text
    tables = read_predictions(lab.results / "plain_net" / "predictions.npz")
    sets = check(calibrate(tables["PublicTest"], 0.9), tables["PrivateTest"])
    assert f"{number(sets.mean_size, 2)} | {percent(sets.single, 0)}" in text
    # Measured on other files, or damaged: left out, and the rest stands.
    factories.make_robustness(lab.results, "plain_net", model_sha256="1" * 64)
    (lab.results / "gated_net" / "robustness.json").write_text("{")
    assert "Under change" not in build.readme().decode()
    assert "Sets of answers" in build.readme().decode()
