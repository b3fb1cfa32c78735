"""What pages read, cached across viewers and read again when a file changes.

Every cache is bounded and keyed on the files' names, sizes and modification times. The
objects are shared by all viewers: read them, never change them. Imports stand inside the
functions so that a page loads only what it shows: the engine alone takes 300 MB.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core import memory, paths
from core.files import Stamp, stamp
from core.schema import MODEL
from core.server import janitor
from core.text import LANGUAGES, language

if TYPE_CHECKING:
    import numpy as np

    from core.data.store import Dataset
    from core.data.summary import DatasetSummary
    from core.engine.engine import Engine
    from core.engine.showcase import Showcase
    from core.evaluation.folds import Folds
    from core.evaluation.results import NetworkResults
    from core.evaluation.robustness import Answers, Benchmark
    from core.evaluation.study import Study
    from core.evaluation.trust import Trust
    from core.schema import Card, Layer
    from core.speed.latency import Latencies

UNUSED = 300.0
"""Seconds after which a network that nobody asks is let go; loading it again takes one."""


def _key(card: Card) -> str:
    return f"{card.id} {card.model_sha256}"


def results() -> list[NetworkResults]:
    """Every network's results, the broken ones with their problems in words."""
    files = stamp(paths.results(), "*/*") + stamp(paths.models(), "*/card.json")
    return _results(files, language())


@st.cache_resource(max_entries=2 * len(LANGUAGES), show_spinner=False)
def _results(files: Stamp, language: str) -> list[NetworkResults]:
    from core.evaluation.results import load_all

    return load_all()


def accuracies() -> dict[str, float]:
    """Accuracy on the report split by network, of those with readable scores."""
    return _accuracies(stamp(paths.results(), "*/metrics.json"))


@st.cache_resource(max_entries=2, show_spinner=False)
def _accuracies(files: Stamp) -> dict[str, float]:
    from core.errors import ResultsError
    from core.schema import Metrics

    found = {}
    for path in paths.results().glob("*/metrics.json"):
        try:
            found[path.parent.name] = Metrics.read(path).report.accuracy
        except ResultsError:
            continue  # said by the pages that show results
    return found


def benchmark() -> Benchmark:
    """Every network's answers to corrupted images, and what cannot be read of them."""
    return _benchmark(stamp(paths.results(), "*/robustness.json"))


@st.cache_resource(max_entries=2, show_spinner=False)
def _benchmark(files: Stamp) -> Benchmark:
    from core.evaluation.robustness import load_all

    return load_all()


def benchmark_answers(model_id: str) -> Answers:
    """A network's single answers to corrupted images.

    Raises:
        ResultsError: if the file is missing or damaged.
    """
    name = f"{model_id}/robustness.npz"
    return _benchmark_answers(model_id, stamp(paths.results(), name))


@st.cache_resource(max_entries=16, show_spinner=False)
def _benchmark_answers(model_id: str, files: Stamp) -> Answers:
    from core.evaluation.robustness import ANSWERS, read_answers

    return read_answers(paths.results() / model_id / ANSWERS)


def showcase() -> Showcase:
    """Answers for the photo that Home shows.

    Raises:
        ResultsError: if `results/showcase.json` is missing or damaged.
    """
    return _showcase(stamp(paths.results(), "showcase.json"))


@st.cache_resource(max_entries=2, show_spinner=False)
def _showcase(files: Stamp) -> Showcase:
    from core.engine.showcase import FILE, Showcase

    return Showcase.read(paths.results() / FILE)


def trust(card: Card) -> Trust:
    """What the measurements of a network promise for a single face."""
    files = stamp(paths.results(), f"{card.id}/robustness.json")
    return _trust(card, files + stamp(paths.results(), f"{card.id}/predictions.npz"))


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs={"core.schema.Card": _key})
def _trust(card: Card, files: Stamp) -> Trust:
    from core.evaluation.trust import trust_in

    return trust_in(card)


def study(name: str) -> Study | None:
    """A study of single changes, or None where nobody made it.

    Raises:
        ResultsError: if its file is damaged.
    """
    files = stamp(paths.results(), f"study_{name}.json")
    return _study(name, files) if files else None


@st.cache_resource(max_entries=2, show_spinner=False)
def _study(name: str, files: Stamp) -> Study:
    from core.evaluation.study import Study, study_file

    return Study.read(study_file(name))


def folds(model_id: str) -> Folds | None:
    """A network's recipe trained in folds, or None where it was not or the file is damaged."""
    return _folds(model_id, stamp(paths.results(), f"{model_id}/folds.json"))


@st.cache_resource(max_entries=32, show_spinner=False)
def _folds(model_id: str, files: Stamp) -> Folds | None:
    from core.errors import ResultsError
    from core.evaluation.folds import Folds, folds_file

    try:
        return Folds.read(folds_file(model_id)) if files else None
    except ResultsError:
        return None


def summary() -> DatasetSummary:
    """The dataset's counts, audit and averages.

    Raises:
        FerLabError: if `results/dataset.json` is missing or damaged.
    """
    return _summary(stamp(paths.results(), "dataset.json"))


@st.cache_resource(max_entries=2, show_spinner=False)
def _summary(files: Stamp) -> DatasetSummary:
    from core.data.summary import DatasetSummary

    return DatasetSummary.read(paths.results() / "dataset.json")


def latencies() -> Latencies | None:
    """How long each network takes, or None where nobody measured it.

    Raises:
        ResultsError: if `results/latency.json` is damaged.
    """
    path = paths.results() / "latency.json"
    return _latencies(stamp(path.parent, path.name)) if path.is_file() else None


@st.cache_resource(max_entries=2, show_spinner=False)
def _latencies(files: Stamp) -> Latencies:
    from core.speed.latency import Latencies

    return Latencies.read(paths.results() / "latency.json")


def dataset() -> Dataset | None:
    """The imported dataset, or None where nobody imported it.

    Raises:
        DataError: if the file is damaged.
    """
    path = paths.data()
    return _dataset(stamp(path.parent, path.name)) if path.is_file() else None


@st.cache_resource(max_entries=1, show_spinner=False)
def _dataset(files: Stamp) -> Dataset:
    from core.data import store

    return store.load()


def cards() -> list[Card]:
    """The cards of the networks that can be run."""
    return _cards(stamp(paths.models(), "*/*"))


@st.cache_resource(max_entries=2, show_spinner=False)
def _cards(files: Stamp) -> list[Card]:
    from core.engine.catalogue import available_models

    return available_models()


def engine() -> Engine:
    """The one engine of this process; it holds the networks that are in use."""
    from core.engine.engine import shared_engine

    janitor.add_chore(_let_networks_go)
    return shared_engine()


def _let_networks_go() -> None:
    from core.engine.engine import shared_engine

    if shared_engine().let_go(UNUSED):
        memory.give_back()


def layers(model_id: str) -> list[Layer]:
    """The layers of a network as its model file has them.

    Raises:
        ModelError: if the file cannot be read.
    """
    path = paths.models() / model_id / MODEL
    return _layers(path, stamp(path.parent, path.name))


@st.cache_resource(max_entries=16, show_spinner=False)
def _layers(path: Path, files: Stamp) -> list[Layer]:
    from core.engine.layers import read_layers

    return read_layers(path)


def has_model(model_id: str) -> bool:
    """Whether the network's file is here, so that it can be run and looked into."""
    return (paths.models() / model_id / MODEL).is_file()


def layer_answers(model_id: str, node: str, chips: bytes) -> np.ndarray:
    """Answers of one node of a network's graph to some chips.

    Args:
        model_id: of the network.
        node: as a `Layer` names it.
        chips: uint8 (n, 48, 48) as bytes.

    Raises:
        ModelError: if the file cannot be read or has no such node.
    """
    path = paths.models() / model_id / MODEL
    return _layer_answers(path, stamp(path.parent, path.name), node, chips)


@st.cache_resource(max_entries=8, show_spinner=False)
def _layer_answers(path: Path, files: Stamp, node: str, chips: bytes) -> np.ndarray:
    import numpy as np

    from core.engine.layers import responses
    from core.faces.chip import SIDE

    faces = np.frombuffer(chips, np.uint8).reshape(-1, SIDE, SIDE)
    return responses(path, node, faces)
