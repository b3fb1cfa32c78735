"""`python -m core train RECIPE --smoke` runs every recipe we have."""

import pytest
from typer.testing import CliRunner

pytest.importorskip("keras", reason="TensorFlow is not installed")

from core import paths
from core.cli import app
from core.errors import ModelError, RecipeError
from core.evaluation.results import load


@pytest.mark.parametrize("name", sorted(path.stem for path in paths.recipes().glob("*.toml")))
def test_smoke(name, tmp_path, monkeypatch):
    monkeypatch.setenv("FER_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("FER_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("FER_RESULTS", str(tmp_path / "results"))
    result = CliRunner().invoke(app, ["train", name, "--smoke"])
    assert result.exception is None, result.output
    assert f"{name} runs and exports: card.json" in result.output
    assert list(tmp_path.iterdir()) == []


TINY = """
id = "plain_net"
title = "Tiny"
family = "CNN"
summary = "For a test."
seed = 1
[network]
builder = "cnn"
settings = { filters = [4, 8], convolutions = [1, 1], hidden = 8 }
[[stages]]
name = "all"
epochs = 1
learning_rate = 0.01
"""


def test_another_seed_leaves_its_curves_beside_the_first(lab_with_data, tmp_path):
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(TINY)
    result = CliRunner().invoke(app, ["train", str(recipe), "--seed", "7"])
    assert result.exception is None, result.output
    found = load("plain_net")
    assert list(found.seeds) == [7]
    assert len(found.seeds[7].epochs) == 1
    assert not (lab_with_data.models / "plain_net_seed7").exists()
    with pytest.raises(RecipeError, match="another seed"):
        CliRunner().invoke(app, ["train", str(recipe), "--seed", "1"], catch_exceptions=False)


def test_export_before_training_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("FER_RUNS", str(tmp_path))
    with pytest.raises(ModelError, match="python -m core train cnn_48"):
        CliRunner().invoke(app, ["export", "cnn_48"], catch_exceptions=False)
