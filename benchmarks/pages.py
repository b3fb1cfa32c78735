"""How long a rerun of each page takes with many networks.

The networks are copies of those in the results folder under other names, so that their
tables have the real size. The pages are run by a real server for one viewer who stays.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.start import serve
from core import paths
from core.errors import FerLabError
from core.evaluation.results import NetworkResults, load_all
from core.schema import Card

VIEWS: tuple[str, ...] = (
    *("home", "results", "training", "dataset", "comparison", "confusion"),
    *("errors?section=words", "errors?section=confidence", "errors?section=patterns&all=1"),
    *("errors?section=calibration", "errors?section=coverage", "errors?section=curves"),
    *("errors?section=images&images=shared&count=48", "errors?section=subsets"),
    *("learn?part=terms", "learn?part=matrix", "learn?part=quiz&quiz=1.0123456012"),
)
"""Pages that read results, in the states that cost most."""


@dataclass(frozen=True)
class Rerun:
    """One page in one state.

    Attributes:
        view: the page and its choices, as in the address.
        first: seconds of the viewer's first run.
        rerun: median seconds of the further ones.
        processor: mean seconds of processor time of a rerun, which a busy machine hardly
            changes; 0 where the system does not tell.
    """

    view: str
    first: float
    rerun: float
    processor: float


def measure(networks: int = 12, runs: int = 5) -> tuple[list[Rerun], int]:
    """Time every view that exists in this installation.

    Args:
        networks: how many to fill the pages with.
        runs: reruns to take the median of.

    Returns:
        The views in the order of `VIEWS`, and the server's memory in bytes after all of them.

    Raises:
        FerLabError: if there are no results to copy, or a page fails.
    """
    found = []
    with filled(networks), serve(address="") as server:
        for view in VIEWS:
            page, _, query = view.partition("?")
            if not (paths.ROOT / "pages" / f"{page}.py").is_file():
                continue
            address = "" if page == "home" else page
            (first,) = server.open(address, query)
            used = server.processor()
            _again, *others = server.open(address, query, runs)
            used = (server.processor() - used) / (runs + 1)
            found.append(Rerun(view, first, median(others), used))
        return found, server.memory()


@contextmanager
def filled(networks: int) -> Iterator[None]:
    """Let the environment name folders with `networks` networks while the block runs.

    Raises:
        FerLabError: if the results folder has no network to copy.
    """
    usable = [item for item in load_all() if item.usable]
    if not usable:
        raise FerLabError(f"There are no results in {paths.results()} to fill the pages with.")
    summary = paths.results() / "dataset.json"
    with paths.scratch("results", "models"):
        for place in range(networks):
            item = usable[place % len(usable)]
            _copy(item, f"{item.id}_{place + 1:02d}", paths.results(), paths.models())
        if summary.is_file():
            shutil.copy(summary, paths.results())
        yield


def _copy(item: NetworkResults, name: str, results: Path, models: Path) -> None:
    """A network's results and card under another name."""
    target = results / name
    shutil.copytree(item.folder, target)
    item.metrics.model_copy(update={"model": name}).write(target / "metrics.json")
    if item.history:
        item.history.model_copy(update={"model": name}).write(target / "history.json")
    if item.card:
        title = f"{item.title} {name.rpartition('_')[2]}"
        card: Card = item.card.model_copy(update={"id": name, "title": title})
        card.write(models / name / "card.json")
