"""Section of a report on corrupted images and sets of answers; nothing where neither is known."""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.errors import ResultsError
from core.evaluation.conformal import LEVELS, calibrate, check
from core.evaluation.robustness import (
    ANSWERS,
    REFERENCE,
    CorruptionError,
    Robustness,
    corruption_error,
    load_all,
    read_answers,
)
from core.report.blocks import Block, Heading, Paragraph, Table
from core.report.gather import Group, Row
from core.report.wording import NONE, points
from core.roles import SELECTION
from core.text import _, number, percent
from core.words import robustness as words
from core.words.corruptions import kind_name


def blocks(group: Group) -> list[Block]:
    """Accuracy and confidence under change, then the sets."""
    return [*_changed(group), *_sets(group)]


def _changed(group: Group) -> list[Block]:
    found = load_all().networks
    rows = [(row, found[row.item.id]) for row in group.rows if _fits(row, found.get(row.item.id))]
    if not rows:
        return []
    rows.sort(key=lambda entry: -entry[1].mean_accuracy)
    row, best = rows[0]
    made: list[Block] = [
        Heading(_("Under change"), 3),
        Paragraph(words.summary(best, row.item.title)),
        _table(rows),
    ]
    deceived = [text for row, item in rows if (text := words.deceived(item, row.item.title))]
    if deceived:
        made.append(Paragraph(" ".join(deceived)))
    return made


def _fits(row: Row, found: Robustness | None) -> bool:
    """Whether what was measured is this network and the program's benchmark."""
    sha256 = row.item.metrics.model_sha256
    return found is not None and found.model_sha256 == sha256 and found.current


def _table(rows: Sequence[tuple[Row, Robustness]]) -> Table:
    header = [
        _("Network"),
        _("Images"),
        _("As they are"),
        _("Under change"),
        _("95% interval"),
        _("Lost (points)"),
        _("Too sure by"),
        _("Weakest against"),
        "mCE",
    ]
    reference = next((row.item.title for row, item in rows if item.model == REFERENCE), "")
    lines = []
    for row, item in rows:
        conditions = [condition for name, condition in item.conditions()][1:]
        sure = sum(condition.confidence for condition in conditions) / len(conditions)
        error = _error(row)
        low, high = item.mean_accuracy_interval
        lines.append(
            [
                row.item.title,
                number(item.images),
                percent(item.clean.accuracy),
                percent(item.mean_accuracy),
                f"{number(100 * low, 1)} – {number(100 * high, 1)}",
                number(100 * (item.clean.accuracy - item.mean_accuracy), 1),
                points(sure - item.mean_accuracy),
                kind_name(words.weakest(item)[0]),
                NONE if error is None or math.isnan(error.mean) else number(error.mean, 1),
            ]
        )
    note = _(
        "Mean over {kinds} kinds of change in five strengths each (core/data/corruptions.py), the "
        "same draws for every network. Too sure by: mean confidence, after temperature scaling, "
        "minus accuracy, in points. mCE: errors for every 100 of {reference} on the images that "
        "both were asked about (Hendrycks and Dietterich 2019)."
    ).format(kinds=number(len(rows[0][1].kinds)), reference=reference or REFERENCE)
    return Table(header, lines, note)


def _error(row: Row) -> CorruptionError | None:
    folder = row.item.folder
    try:
        own = read_answers(folder / ANSWERS)
        return corruption_error(own, read_answers(folder.parent / REFERENCE / ANSWERS))
    except ResultsError:
        return None


def _sets(group: Group) -> list[Block]:
    """Sizes of sets that hold the right answer as often as stated."""
    lines = []
    for row in group.rows:
        selection, report = row.item.tables.get(SELECTION), row.item.tables.get(group.split)
        if selection is None or report is None or not len(selection.label):
            continue
        cells = [row.item.title]
        for level in LEVELS:
            found = check(calibrate(selection, level), report)
            cells += [number(found.mean_size, 2), percent(found.single, 0), percent(found.coverage)]
        lines.append(cells)
    if not lines:
        return []
    header = [_("Network")]
    for level in LEVELS:
        stated = percent(level, 0)
        header += [
            _("Answers at {level}").format(level=stated),
            _("One is enough"),
            _("Right one held"),
        ]
    note = _(
        "Split conformal sets: the mean number of expressions that a set must hold so that the "
        "right one is among them as often as stated, the share of images for which one is enough, "
        "and how often the right one was held. Thresholds come from {selection}."
    ).format(selection=SELECTION)
    return [Heading(_("Sets of answers"), 3), Table(header, lines, note)]
