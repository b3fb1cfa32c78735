"""Damaged files of every kind that pages read: named in one sentence, and no page is lost."""

from __future__ import annotations

import random
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from core import paths
from core.data import store
from core.data.summary import DatasetSummary
from core.errors import DataError, FerLabError, ModelError, ResultsError
from core.evaluation.cells import read_cells
from core.evaluation.ensemble_results import EnsembleMetrics
from core.evaluation.folds import Fold, Folds
from core.evaluation.robustness import Robustness, read_answers
from core.evaluation.study import Study, StudyRun, Variant
from core.files import stamp
from core.records import Made
from core.schema import Card, History, Metrics, SeedRun, read_predictions
from core.speed.latency import Latencies
from core.speed.runs import Speed
from tests import factories, mutations
from tests.conftest import Lab
from tests.pages.app import check, open_page

FILES = 2000
"""Damaged files in all."""

READERS: dict[str, Callable[[Path], object]] = {
    "metrics.json": Metrics.read,
    "history.json": History.read,
    "predictions.npz": read_predictions,
    "cells.npz": read_cells,
    "card.json": lambda path: Card.read(path, ModelError),
    "seed.json": SeedRun.read,
    "dataset.json": DatasetSummary.read,
    "latency.json": Latencies.read,
    "ensemble.json": EnsembleMetrics.read,
    "speed.json": Speed.read,
    "robustness.json": Robustness.read,
    "robustness.npz": read_answers,
    "folds.json": Folds.read,
    "study.json": Study.read,
    "fer2013.npz": store.load,
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one good file of each kind."""
    folder = tmp_path_factory.mktemp("whole")
    factories.make_network(folder / "models", folder / "results", "net")
    factories.make_seed(folder / "results", "net", 2)
    factories.make_robustness(folder / "results", "net")
    found = {path.name: path for path in folder.rglob("*") if path.is_file()}
    seed = next((folder / "results" / "net" / "seeds").glob("*.json"))
    for name in ("metrics.json", "history.json", "predictions.npz", "cells.npz", "card.json"):
        shutil.copy(found[name], folder / name)
    for name in ("robustness.json", "robustness.npz"):
        shutil.copy(found[name], folder / name)
    shutil.copy(seed, folder / "seed.json")
    made = Made(command="test", date="2024-01-01", versions={})
    fold = Fold(fold=1, images=140, accuracy=0.6, epochs=20, best_epoch=18)
    Folds(model="net", of=5, folds=[fold], made=made).write(folder / "folds.json")
    run = StudyRun(
        seed=1,
        selection_accuracy=0.6,
        accuracy=0.6,
        macro_f1=0.5,
        changed=0.4,
        epochs=20,
        best_epoch=18,
        hardware="test",
    )
    Study(
        name="augmentation",
        split="PrivateTest",
        images=280,
        conditions=["jpeg_3"],
        variants=[Variant(id="study_plain", runs=[run])],
        made=made,
    ).write(folder / "study.json")
    for name in ("dataset.json", "latency.json", "ensemble.json", "speed.json"):
        shutil.copy(paths.ROOT / "results" / name, folder / name)
    store.save(factories.make_dataset(), folder / "fer2013.npz")
    return folder


def damaged(content: bytes, name: str, generator: random.Random) -> bytes:
    """A file of that kind: half of them broken in their bytes, half in what they say."""
    if generator.random() < 0.5:
        (changed,) = mutations.mutated([content], 1, generator.randrange(2**32))
        return changed
    odd = mutations.odd_json if name.endswith(".json") else mutations.odd_arrays
    return odd(content, generator)


def sentence_of(read: Callable[[Path], object], path: Path, which: str) -> str:
    """What is said of a file; nothing where it could be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read(path)
    except FerLabError as reason:
        return str(reason)
    except Exception as reason:
        raise AssertionError(f"{which}: {reason!r}") from reason
    return ""


@pytest.mark.parametrize("name", READERS)
def test_a_damaged_file_is_named_in_a_sentence(whole: Path, tmp_path: Path, name: str) -> None:
    content, read = (whole / name).read_bytes(), READERS[name]
    read(whole / name)
    generator = random.Random(name)
    refused = 0
    for number in range(FILES // len(READERS) + 1):
        (tmp_path / name).write_bytes(damaged(content, name, generator))
        sentence = sentence_of(read, tmp_path / name, f"{name} {number}")
        refused += bool(sentence)
        assert not sentence or name in sentence, sentence
        assert len(sentence.encode()) < 1000
    assert refused > FILES / len(READERS) / 4


def test_links_to_nothing_and_loops_are_named_too(whole: Path, tmp_path: Path) -> None:
    for name, read in READERS.items():
        place = tmp_path / name
        for target in (tmp_path / "nothing", place):
            place.symlink_to(target)
            with pytest.raises((ResultsError, DataError, ModelError)):
                read(place)
            assert str(place) in stamp(tmp_path, "*")
            place.unlink()
        place.mkdir()
        with pytest.raises((ResultsError, DataError, ModelError)):
            read(place)
        place.rmdir()


def test_the_stamp_does_not_count_what_a_command_is_writing(tmp_path: Path) -> None:
    (tmp_path / "metrics.json").write_text("{}")
    before = stamp(tmp_path, "*")
    (tmp_path / ".metrics.json.x1y2z3").write_text("{")
    assert stamp(tmp_path, "*") == before


PAGES = {
    "metrics.json": ("home", "results", "comparison", "confusion", "errors", "training"),
    "history.json": ("training", "home"),
    "predictions.npz": ("comparison", "confusion", "errors", "home"),
    "cells.npz": ("confusion", "home"),
    "card.json": ("predict", "results", "batch", "live", "preprocessing", "learn"),
    "fer2013.npz": ("dataset", "errors", "confusion", "preprocessing"),
}


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_lost(lab_with_data: Lab, name: str) -> None:
    places = {"card.json": lab_with_data.models / "gated_net", "fer2013.npz": lab_with_data.data}
    place = places.get(name, lab_with_data.results / "gated_net") / name
    content, generator = place.read_bytes(), random.Random(f"pages {name}")
    for page in PAGES[name]:
        place.write_bytes(damaged(content, name, generator))
        check(open_page(page))
