"""Section: the images a network gets most wrong, or only their numbers without the data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluation.difficulty import Shared, confidently_wrong, hardest, shared
from core.evaluation.rows import rows_of
from core.text import _, ngettext, number, percent
from core.ui import face_tiles, state, widgets, words
from core.ui.errors import dataset_facts
from core.ui.errors.view import View

ALL = "all"
COUNTS = (12, 24, 48)


def draw(view: View) -> None:
    """Draw the section."""
    found = shared([item.tables[view.split] for item in view.rivals])
    kinds = {
        "sure": _("Most surely wrong"),
        "hardest": _("Hardest for this network"),
        "shared": _("Hardest for all networks"),
    }
    if found.networks < 2:
        del kinds["shared"]
    kind = state.choice(
        "images", list(kinds), "sure", _("Images"), text=kinds.__getitem__, kind="segmented"
    )
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        true = state.choice(
            "labelled",
            [ALL, *view.item.classes],
            ALL,
            _("Labelled"),
            text=lambda name: _("All expressions") if name == ALL else words.class_label(name),
        )
    with right:
        count = state.choice("count", COUNTS, COUNTS[0], _("How many"), kind="segmented")
    rows = _ranked(view, found, kind)
    if true != ALL:
        rows = rows[view.label[rows] == view.item.classes.index(true)]
    rows = rows[:count]
    st.caption(_explained(view, found, kind))
    if not len(rows):
        st.caption(_("No errors."))
        return
    show(view, rows, found)


def _ranked(view: View, found: Shared, kind: str) -> np.ndarray:
    n = len(view.label)
    if kind == "hardest":
        return hardest(view.probabilities, view.label, n)
    if kind == "shared":
        return rows_of(view.table, found.index[found.hardest(n)])
    return confidently_wrong(view.probabilities, view.label, n)


def _explained(view: View, found: Shared, kind: str) -> str:
    if kind == "hardest":
        return _("The images whose label got the least probability from {network}.").format(
            network=view.item.title
        )
    if kind == "shared":
        none = int(found.counts()[0])
        return ngettext(
            "{count} image of {n} is named right by none of the {networks} networks.",
            "{count} images of {n} are named right by none of the {networks} networks.",
            none,
        ).format(count=number(none), n=number(len(found.index)), networks=found.networks)
    return _("Wrong answers of {network}, the surest first.").format(network=view.item.title)


def show(view: View, rows: np.ndarray, found: Shared | None = None) -> None:
    """Draw some rows of the table: faces with the data, a table of numbers without.

    Args:
        view: the network and its predictions.
        rows: positions in the table.
        found: over the same images, to say how many networks are right; or None.
    """
    frame = _numbers(view, rows, found)
    dataset = dataset_facts.dataset()
    if dataset is not None and int(frame["row"].max()) < len(dataset.faces):
        face_tiles.draw(
            [
                face_tiles.Tile(dataset.faces[row], _lines(line), ", ".join(_lines(line)))
                for row, line in zip(frame["row"], frame.to_dict("records"), strict=True)
            ]
        )
    else:
        texts = pd.DataFrame(
            {
                _("Labelled"): [words.unbroken(name) for name in frame["true"]],
                _("Called"): [words.unbroken(name) for name in frame["predicted"]],
                _("Confidence"): [percent(value) for value in frame["confidence"]],
                _("For the label"): [percent(value) for value in frame["probability_of_true"]],
            },
            index=pd.Index([number(row) for row in frame["row"]], name=_("Row of fer2013.csv")),
        )
        widgets.table(texts, "hard_images", _("Images by row of fer2013.csv"))
        st.caption(
            _(
                "FER-2013 is not imported here and its images may not be passed on, so only their "
                "rows are shown. With the dataset the faces appear."
            )
        )
    widgets.csv_button(frame, "images")


def _numbers(view: View, rows: np.ndarray, found: Shared | None) -> pd.DataFrame:
    values = view.probabilities[rows]
    said = values.argmax(axis=1)
    label = view.label[rows]
    frame = pd.DataFrame(
        {
            "row": view.table.index[rows],
            "true": [view.item.classes[place] for place in label],
            "predicted": [view.item.classes[place] for place in said],
            "confidence": values.max(axis=1),
            "probability_of_true": values[np.arange(len(rows)), label],
        }
    )
    if found is not None and found.networks > 1:
        by_row = pd.Series(found.right, index=found.index)
        frame["networks_right"] = by_row.reindex(frame["row"]).to_numpy()
        frame["networks"] = found.networks
    return frame


def _lines(line: dict[str, object]) -> list[str]:
    lines = [
        _("{true} → {predicted}").format(
            true=words.class_label(str(line["true"])),
            predicted=words.class_label(str(line["predicted"])),
        ),
        _("{confidence} sure, {share} for the label").format(
            confidence=percent(float(str(line["confidence"])), 0),
            share=percent(float(str(line["probability_of_true"])), 0),
        ),
    ]
    if "networks" in line:
        lines.append(
            _("{right} of {networks} networks right").format(
                right=line["networks_right"], networks=line["networks"]
            )
        )
    return [*lines, _("row {row}").format(row=number(float(str(line["row"]))))]
