"""A small confusion matrix to edit, and the metrics that move with it."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluation import metrics
from core.evaluation.results import NetworkResults
from core.figures import confusion
from core.text import _, number, percent, signed
from core.ui import state, viewer, widgets, words

CLASSES = ("angry", "sad", "surprise")
EXAMPLES: dict[str, tuple[int, ...]] = {
    "even": (80, 12, 8, 15, 75, 10, 6, 4, 90),
    "rare": (10, 35, 5, 2, 440, 8, 3, 12, 485),
    "always": (0, 50, 0, 0, 400, 0, 0, 50, 0),
}
"""Invented matrices, row by row."""

LARGEST = 99_999
WIDTH = 84
"""Pixels of a column, so that three fit a phone."""

_FORM = re.compile(rf"\d{{1,5}}(-\d{{1,5}}){{{len(CLASSES) ** 2 - 1}}}")

_BASE, _MOUNT = "editor.base", "editor.mount"


def draw(usable: list[NetworkResults]) -> None:
    """Draw the editor, the scores and what to try."""
    starts = {**EXAMPLES, **_measured(usable)}
    titles = {item.id: item.title for item in usable}
    start = state.choice(
        "start",
        list(starts),
        "even",
        _("Start from"),
        text=lambda name: _example_name(name, titles),
        help=_("The first three are invented; the others are networks narrowed to these three."),
    )
    origin = "-".join(map(str, starts[start]))
    current = state.held(f"cells_{start}", origin, lambda text: bool(_FORM.fullmatch(text)))
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        _editor(start, current)
        st.button(
            _("Start again"),
            icon=":material/restart_alt:",
            disabled=current == origin,
            on_click=state.put,
            args=(f"cells_{start}", origin),
        )
    matrix = _matrix(current)
    with right:
        _cards(matrix, np.array(starts[start]).reshape(matrix.shape))
    _scores(matrix)
    _tasks()


def _example_name(name: str, titles: dict[str, str]) -> str:
    known = {
        "even": _("Example: even classes"),
        "rare": _("Example: a rare class, neglected"),
        "always": _("Example: always the same answer"),
    }
    return known.get(name) or titles[name]


def _measured(usable: list[NetworkResults]) -> dict[str, tuple[int, ...]]:
    """Networks that know the three classes, by id: their matrix with all others left out."""
    found = {}
    for item in usable:
        report = item.metrics.report
        table = item.tables.get(report.split)
        if table is not None and set(CLASSES) <= set(item.classes):
            narrowed = metrics.restrict(table, CLASSES, item.classes)
            found[item.id] = tuple(metrics.table_confusion(narrowed).ravel().tolist())
    return found


def _matrix(text: str) -> np.ndarray:
    return np.array(text.split("-"), dtype=np.int64).reshape(len(CLASSES), len(CLASSES))


def _editor(start: str, current: str) -> None:
    """The editor shows a fixed table plus the viewer's edits; a new start mounts a new one."""
    kept: dict[str, str] = st.session_state.setdefault(_BASE, {})
    if kept.get("start") != start or kept.get("now") != current:
        kept.update(start=start, base=current, now=current)
        _remount()
    frame = pd.DataFrame(
        _matrix(kept["base"]),
        index=[words.class_label(name) for name in CLASSES],
        columns=[words.class_name(name) for name in CLASSES],
    )
    key = f"editor_{st.session_state[_MOUNT]}"
    st.caption(_("Rows: what the images are. Columns: what the network said. Change any number."))
    st.data_editor(
        frame,
        key=key,
        column_config={
            name: st.column_config.NumberColumn(min_value=0, max_value=LARGEST, step=1, width=WIDTH)
            for name in frame.columns
        },
        on_change=_edited,
        args=(key, start, list(frame.columns)),
        alt=_("Confusion matrix of three expressions that can be edited"),
    )


def _remount() -> None:
    st.session_state[_MOUNT] = st.session_state.get(_MOUNT, 0) + 1


def _edited(key: str, start: str, columns: list[str]) -> None:
    """Callback: the base with all edits applied becomes the matrix in force."""
    kept = st.session_state[_BASE]
    matrix = _matrix(kept["base"])
    for row, cells in st.session_state[key]["edited_rows"].items():
        for column, value in cells.items():
            matrix[int(row), columns.index(column)] = min(max(int(value or 0), 0), LARGEST)
    kept["now"] = "-".join(map(str, matrix.ravel().tolist()))
    state.put(f"cells_{start}", kept["now"])


def _cards(matrix: np.ndarray, before: np.ndarray) -> None:
    support, earlier = matrix.sum(axis=1), before.sum(axis=1)
    scores = {
        _("Accuracy"): (metrics.accuracy(matrix), metrics.accuracy(before)),
        _("Macro F1"): (metrics.macro_f1(matrix), metrics.macro_f1(before)),
        _("Balanced accuracy"): (
            metrics.balanced_accuracy(matrix),
            metrics.balanced_accuracy(before),
        ),
        _("Weighted F1"): (
            metrics.f1(matrix) @ support / max(support.sum(), 1),
            metrics.f1(before) @ earlier / max(earlier.sum(), 1),
        ),
    }
    with widgets.card_grid(2, min_width=140):
        for name, (value, old) in scores.items():
            widgets.metric_card(name, percent(float(value)), delta=_moved(float(value - old)))


def _moved(change: float) -> str:
    if not round(100 * change, 1):
        return _("as at the start")
    return _("{points} points since the start").format(points=signed(100 * change, 1))


def _scores(matrix: np.ndarray) -> None:
    each = {
        _("Recall"): metrics.recall(matrix),
        _("Precision"): metrics.precision(matrix),
        "F1": metrics.f1(matrix),
    }
    left, right = st.columns([1, 1.15], gap="medium")
    with left:
        texts = pd.DataFrame(
            {
                _("Images"): [number(count) for count in matrix.sum(axis=1)],
                **{name: [percent(value) for value in values] for name, values in each.items()},
            },
            index=[words.class_label(name) for name in CLASSES],
        )
        widgets.table(texts, "edited_scores", _("Scores of each expression"))
    with right:
        by = state.choice(
            "norm",
            metrics.NORMALISATIONS,
            "row",
            _("Show"),
            text=confusion.normalisation_name,
        )
        widgets.figure_frame(
            confusion.matrix(matrix, CLASSES, by, viewer.mode(), height=340),
            "edited_matrix",
        )


def _tasks() -> None:
    with st.expander(_("Things to try"), icon=":material/lightbulb:", expanded=True):
        st.markdown(
            "\n".join(
                f"1. {task}"
                for task in (
                    _(
                        "Start from the rare class and move its hits into another column. Which "
                        "score hardly notices, which one drops?"
                    ),
                    _(
                        "Start from 'always the same answer'. Why is accuracy 80% when the "
                        "network has learned nothing?"
                    ),
                    _(
                        "Multiply a row by ten. Recall stays; why does the precision of the other "
                        "two change?"
                    ),
                    _("Make recall of a class 100% without making its precision better."),
                )
            )
        )
