"""What the dataset adds to the predictions: odd images and the crowd's labels, cached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from core import paths
from core.data import votes
from core.data.store import Dataset
from core.errors import FerLabError
from core.evaluation.subsets import Oddities, oddities
from core.files import Stamp, stamp
from core.ui import resources, widgets


@dataclass(frozen=True)
class Known:
    """Both over all images of the dataset, in its row order.

    Attributes:
        odd: repeated, contradictory and blank images.
        majority: int8 (N,) of the FER+ crowd, or None where there are no votes.
    """

    odd: Oddities
    majority: np.ndarray | None


def dataset() -> Dataset | None:
    """The imported dataset; a damaged one is reported and counts as missing."""
    try:
        return resources.dataset()
    except FerLabError as problem:
        widgets.error_box(str(problem))
        return None


def known() -> Known | None:
    """None without the dataset."""
    found = dataset()
    if found is None:
        return None
    path = paths.data()
    return _known(stamp(path.parent, path.name), found)


@st.cache_resource(max_entries=1, show_spinner=False)
def _known(files: Stamp, _dataset: Dataset) -> Known:
    majority = None if _dataset.votes is None else votes.majority(_dataset.votes)
    return Known(oddities(_dataset), majority)
