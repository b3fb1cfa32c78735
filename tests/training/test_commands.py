"""`python -m core train RECIPE --smoke` runs every recipe we have."""

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

pytest.importorskip("keras", reason="TensorFlow is not installed")

from core import paths
from core.cli import app
from core.errors import ModelError, RecipeError
from core.evaluation.metrics import predictions
from core.evaluation.results import load


# Each in a process of its own: together their graphs fill 10 GB that Keras does not give back.
@pytest.mark.parametrize("name", sorted(path.stem for path in paths.recipes().glob("*.toml")))
def test_smoke(name, tmp_path):
    folders = {f"FER_{kind}": str(tmp_path / kind) for kind in ("MODELS", "RUNS", "RESULTS")}
    result = subprocess.run(
        [sys.executable, "-m", "core", "train", name, "--smoke"],
        env=os.environ | folders,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-4000:]
    assert f"{name} runs and exports: card.json" in result.stdout
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


@pytest.fixture
def tiny(lab_with_data, tmp_path):
    path = tmp_path / "tiny.toml"
    path.write_text(TINY)
    return path


def test_another_seed_leaves_its_curves_and_predictions(lab_with_data, tiny):
    before = sorted(lab_with_data.models.iterdir())
    result = CliRunner().invoke(app, ["train", str(tiny), "--seed", "7"])
    assert result.exception is None, result.output
    (seed,) = load("plain_net").seeds
    assert (seed.run.seed, seed.run.size, seed.run.resized) == (7, 48, False)
    assert len(seed.run.history.epochs) == 1
    assert seed.run.recipe["seed"] == 7
    assert seed.run.made.command == "python -m core train plain_net --seed 7"
    assert set(seed.tables) == {"PublicTest", "PrivateTest"}
    right = predictions(seed.tables["PublicTest"]) == seed.tables["PublicTest"].label
    assert right.mean() == pytest.approx(seed.run.history.epochs[0].val_accuracy, abs=0.01)
    assert sorted(lab_with_data.models.iterdir()) == before
    assert {path.name for path in lab_with_data.results.iterdir()} == set(lab_with_data.ids)


def test_a_seed_at_another_size_says_so(lab_with_data, tiny):
    result = CliRunner().invoke(app, ["train", str(tiny), "--seed", "1", "--size", "56"])
    assert result.exception is None, result.output
    (seed,) = load("plain_net").seeds
    assert (seed.run.seed, seed.run.size, seed.run.recipe_size) == (1, 56, 48)
    assert seed.run.resized
    assert seed.run.recipe["network"]["settings"]["size"] == 56
    assert (lab_with_data.results / "plain_net" / "seeds" / "1_at_56.npz").is_file()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--seed", "1"], "another seed"),
        (["--seed", "1", "--size", "48"], "another seed"),
        (["--seed", "2", "--size", "20"], "network.settings.size: Input should be greater"),
        (["--size", "96"], "--size: expected with --seed"),
    ],
)
def test_impossible_seeds_and_sizes(tiny, options, message):
    with pytest.raises(RecipeError, match=message):
        CliRunner().invoke(app, ["train", str(tiny), *options], catch_exceptions=False)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("hidden = 8", "hiden = 8"), r"network\.settings\.hiden: Extra inputs"),
        (("hidden = 8", "size = 20"), r"network\.settings\.size: Input should be greater"),
        (("hidden = 8", "median_filter = 4"), r"network\.settings\.median_filter"),
        (('builder = "cnn"', 'builder = "cnm"'), r"network\.builder: expected one of"),
        (("epochs = 1", 'epochs = 1\ntrainable = "top"'), r"stages\.trainable: .* Received: top"),
        (("seed = 1", "seed = 1\ndata = { smote = 40 }"), r"data\.smote: expected fewer"),
        (("seed = 1", 'sed = 1\ndata = { targets = "crowd" }'), r"sed: Extra inputs"),
    ],
)
def test_a_bad_recipe_fails_before_the_first_epoch(lab_with_data, tiny, change, message):
    tiny.write_text(tiny.read_text().replace(*change))
    with pytest.raises(RecipeError, match=message):
        CliRunner().invoke(app, ["train", str(tiny)], catch_exceptions=False)
    assert not (lab_with_data.data.parent / "runs" / "plain_net" / "state.json").exists()


def test_missing_weights_fail_before_the_first_epoch(lab_with_data, tmp_path, monkeypatch):
    monkeypatch.setenv("FER_WEIGHTS", str(tmp_path))
    with pytest.raises(
        RecipeError, match=rf"network\.settings\.imagenet: no weights at {tmp_path}"
    ):
        CliRunner().invoke(app, ["train", "vgg16_smote"], catch_exceptions=False)
    assert not (lab_with_data.data.parent / "runs" / "vgg16_smote" / "state.json").exists()


def test_export_before_training_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("FER_RUNS", str(tmp_path))
    with pytest.raises(ModelError, match="python -m core train cnn_48"):
        CliRunner().invoke(app, ["export", "cnn_48"], catch_exceptions=False)
