"""`python -m core train RECIPE --smoke` runs every recipe we have."""

import pytest
from typer.testing import CliRunner

pytest.importorskip("keras", reason="TensorFlow is not installed")

from core import paths
from core.cli import app
from core.errors import ModelError


@pytest.mark.parametrize("name", sorted(path.stem for path in paths.recipes().glob("*.toml")))
def test_smoke(name, tmp_path, monkeypatch):
    monkeypatch.setenv("FER_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("FER_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("FER_RESULTS", str(tmp_path / "results"))
    result = CliRunner().invoke(app, ["train", name, "--smoke"])
    assert result.exception is None, result.output
    assert f"{name} runs and exports: card.json" in result.output
    assert list(tmp_path.iterdir()) == []


def test_export_before_training_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("FER_RUNS", str(tmp_path))
    with pytest.raises(ModelError, match="python -m core train cnn_48"):
        CliRunner().invoke(app, ["export", "cnn_48"], catch_exceptions=False)
