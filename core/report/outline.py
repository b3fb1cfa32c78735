"""The report's contents, in the language of the moment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.evaluation import significance
from core.evaluation.calibration import reliability
from core.evaluation.comparison import Scored
from core.evaluation.published import majority, published
from core.figures.accuracy import Context
from core.figures.entries import Curve, Score
from core.figures.labels import class_name
from core.labels import CLASSES
from core.report import ensemble, protocol, robustness, seeds, speed, weaknesses
from core.report.blocks import (
    Block,
    Bullets,
    Curves,
    Diagram,
    Dots,
    Heading,
    Heatmap,
    Paragraph,
    Table,
)
from core.report.gather import Gathered, Group, Row
from core.report.wording import NONE, points
from core.roles import PLAIN, PROPOSED, REPORT, SQUEEZE, TRAINING
from core.schema import Agreement, SplitMetrics
from core.text import _, ngettext, number, percent
from core.words import learning as reading
from core.words.provenance import hardware, initial_weights
from core.words.published import repetition
from core.words.strengths import profile


def outline(found: Gathered, *, details: bool = True) -> list[Block]:
    """The blocks of a report.

    Args:
        found: what it is about.
        details: whether every network gets its own section after the comparison.
    """
    blocks: list[Block] = [
        Heading(_("Results of the networks on FER-2013"), 1),
        Paragraph(
            ngettext(
                "{count} network; the newest measurement is of {date}.",
                "{count} networks; the newest measurement is of {date}.",
                len(found.rows),
            ).format(count=len(found.rows), date=found.newest[:10])
        ),
    ]
    blocks += _protocol(found)
    for group in found.groups:
        blocks += _group(group, found)
    if any(set(group.classes) == set(CLASSES) for group in found.groups):
        blocks += _others()
    blocks += [Heading(_("How they were made")), _made(found.rows)]
    blocks += speed.blocks(found)
    blocks += [
        Heading(_("What is weak about these numbers")),
        Bullets(weaknesses.sentences(found)),
    ]
    if details:
        for row in found.rows:
            blocks += _network(row, found)
    return blocks


def _protocol(found: Gathered) -> list[Block]:
    lines = [
        *protocol.sentences(found),
        _(
            "Every network receives the same grey chips of 48 × 48 pixels; enlarging and "
            "normalising are part of the model file that was measured."
        ),
        _(
            "All scores are arithmetic on the stored probabilities of every image "
            "(predictions.npz). Intervals are at 95%: Wilson's for shares, Agresti and Min's for "
            "differences, a bootstrap over images for F1. They say what other test images could "
            "give, not what another training run could. Student's intervals over seeds, where "
            "there are several, say the latter and not the former."
        ),
        _(
            "Averaging over the mirrored image or over ten crops is reported beside the plain "
            "number, never instead of it."
        ),
    ]
    return [Heading(_("Protocol")), Bullets(lines)]


def _group(group: Group, found: Gathered) -> list[Block]:
    names = ", ".join(class_name(name) for name in group.classes)
    title = ngettext(
        "{count} expression on {split}", "{count} expressions on {split}", len(group.classes)
    ).format(count=len(group.classes), split=group.split)
    first = group.rows[0].item
    badge = first.badge(group.split)
    blocks: list[Block] = [
        Heading(title),
        Paragraph(
            _("{names}. {count} images; {badge}.").format(
                names=names,
                count=number(first.metrics.report.n),
                badge=badge.text if badge else group.split,
            )
        ),
        _dots(group),
        _scores(group, found),
        _views(group),
        Heading(_("By expression"), 3),
        _recall(group),
    ]
    if len(group.rows) > 1:
        blocks += [Heading(_("Are the differences real?"), 3), *_pairs(group)]
    blocks += [*ensemble.blocks(found, group), *robustness.blocks(group)]
    return [*blocks, *seeds.blocks(group)]


def _others() -> list[Block]:
    """Published results on FER-2013, and what came out when it was tried again."""
    header = [_("System"), _("Claim"), _("Found again"), _("What to know")]
    rows = [
        [
            item.name,
            percent(item.accuracy) if item.kind == "reported" else NONE,
            repetition(item),
            item.text,
        ]
        for item in published().by_repetition
    ]
    sentence = _(
        "Sorted by what people other than the authors got; claims that nobody is known to have "
        "repeated come last."
    )
    return [Heading(_("Published results")), Paragraph(sentence), Table(header, rows)]


def _questions(group: Group) -> list[str]:
    """Answers to what the project set out to learn, where both networks of a question are there."""
    by_id = {row.item.id: row for row in group.rows}
    asked = (
        (PROPOSED, PLAIN, _("Is the proposed network better than plain transfer?")),
        (*SQUEEZE, _("Is it squeeze-and-excitation that helps?")),
    )
    sentences = []
    for a, b, question in asked:
        if a not in by_id or b not in by_id:
            continue
        found = group.pair(by_id[a], by_id[b])
        if found is not None:
            answer = significance.sentence(found, by_id[a].item.title, by_id[b].item.title)
            sentences.append(f"{question} {answer}")
    return sentences


def _dots(group: Group) -> Dots:
    scores = [
        Score(row.item.id, row.item.title, row.scored.accuracy, *row.scored.accuracy_interval)
        for row in group.rows
    ]
    return Dots(f"accuracy_{len(group.classes)}", scores, _context(group))


def _context(group: Group) -> list[Context]:
    """People and the most frequent class; only where they hold for these classes."""
    if set(group.classes) != set(CLASSES) or group.split != REPORT:
        return []
    human = published().human
    name, share = majority(group.split)
    return [
        Context(_("People"), human.accuracy, human.spread, human.text),
        Context(_("Always '{name}'").format(name=class_name(name)), share),
    ]


def _scores(group: Group, found: Gathered) -> Table:
    rows = [_line(row.item.title, row.scored, row.item.metrics.report) for row in group.rows]
    if together := ensemble.of_group(found, group):
        metrics, scored = together
        rows.append(_line(_("Ensemble"), scored, metrics.report))
    header = [
        _("Network"),
        _("Accuracy"),
        _("95% interval"),
        _("Macro F1"),
        _("95% interval"),
        _("Balanced accuracy"),
        _("ECE"),
        _("ECE calibrated"),
    ]
    return Table(header, rows)


def _line(title: str, scored: Scored, report: SplitMetrics) -> list[str]:
    return [
        title,
        percent(scored.accuracy),
        _interval(scored.accuracy_interval),
        percent(scored.macro_f1),
        _interval(scored.macro_f1_interval),
        percent(report.macro.recall),
        percent(report.ece),
        percent(report.ece_calibrated),
    ]


def _views(group: Group) -> Table:
    rows = []
    for row in group.rows:
        metrics = row.item.metrics
        trained = metrics.training_accuracy
        rows.append(
            [
                row.item.title,
                _accuracy(metrics.averaged.get("flip")),
                _accuracy(metrics.averaged.get("ten_crop")),
                _accuracy(metrics.without_training_copies),
                _accuracy(metrics.crowd),
                percent(metrics.selection.accuracy),
                NONE if trained is None else percent(trained),
            ]
        )
    header = [
        _("Network"),
        _("Both mirrors"),
        _("Ten crops"),
        _("Without copies"),
        _("FER+ crowd"),
        group.rows[0].item.metrics.selection.split,
        TRAINING,
    ]
    note = _(
        "Accuracy under other conditions: averaged over both mirrors and over ten crops; without "
        "images of which an exact copy stands in Training; against the majority of the FER+ crowd "
        "instead of the label; on {selection}, which chose the epoch unless the network divided "
        "Training; on a sample of the images that it learned from."
    ).format(selection=group.rows[0].item.metrics.selection.split)
    crowd = next((row.item.metrics.crowd for row in group.rows if row.item.metrics.crowd), None)
    if crowd is not None:
        note += " " + _(
            "The crowd's majority is one of these expressions on {count} of the {all} images; the "
            "others are left out there."
        ).format(count=number(crowd.n), all=number(group.rows[0].item.metrics.report.n))
    return Table(header, rows, note)


def _recall(group: Group) -> Table:
    rows = []
    for row in group.rows:
        recall = {item.name: item.recall for item in row.item.metrics.report.per_class}
        rows.append([row.item.title, *(percent(recall[name]) for name in group.classes)])
    support = {item.name: item.support for item in group.rows[0].item.metrics.report.per_class}
    rows.append([_("Images"), *(number(support[name]) for name in group.classes)])
    return Table(
        [_("Network"), *(class_name(name) for name in group.classes)],
        rows,
        _("Recall: of the images of an expression, the share that the network finds."),
    )


def _pairs(group: Group) -> list[Block]:
    best, *others = group.rows
    rows = []
    for other in others:
        found = group.pair(best, other)
        if found is None:
            rows.append([other.item.title, *[NONE] * 5])
            continue
        rows.append(
            [
                other.item.title,
                number(found.only_a),
                number(found.only_b),
                points(found.difference),
                _("{low} to {high}").format(
                    low=points(found.interval()[0]), high=points(found.interval()[1])
                ),
                significance.p_text(found.p_value),
            ]
        )
    header = [
        _("Against {best}").format(best=best.item.title),
        _("Only {best} right").format(best=best.item.title),
        _("Only the other right"),
        _("Lead in points"),
        _("95% interval"),
        _("McNemar"),
    ]
    note = ""
    if len(others) > 1:
        note = _(
            "Not corrected for {count} comparisons: among twenty pairs of equal networks one would "
            "show p < 0.05 by chance."
        ).format(count=len(others))
    blocks: list[Block] = [Table(header, rows, note)]
    nearest = group.pair(best, others[0])
    sentences = _questions(group)
    if nearest is not None:
        answer = significance.sentence(nearest, best.item.title, others[0].item.title)
        if not any(said.endswith(answer) for said in sentences):
            sentences.append(answer)
    return [*blocks, Bullets(sentences)] if sentences else blocks


def _made(rows: Sequence[Row]) -> Table:
    lines = []
    for row in rows:
        card = row.item.card
        if card is None:
            lines.append([row.item.title, *[NONE] * 6])
            continue
        lines.append(
            [
                row.item.title,
                f"{card.input_size} × {card.input_size}",
                number(card.parameters),
                initial_weights(card),
                number(card.training.epochs),
                _("{minutes} min").format(minutes=number(card.training.seconds / 60)),
                hardware(card),
            ]
        )
    header = [
        _("Network"),
        _("Input (pixels)"),
        _("Parameters"),
        _("Initial weights"),
        _("Epochs"),
        _("Time in epochs"),
        _("Hardware"),
    ]
    return Table(header, lines)


def _network(row: Row, found: Gathered) -> list[Block]:
    item = row.item
    metrics = item.metrics
    split = metrics.report.split
    words = profile(item, split, [other.item for other in found.rows], class_name)
    blocks: list[Block] = [Heading(item.title)]
    if item.card:
        blocks.append(Paragraph(_(item.card.summary)))
    blocks += [
        Heading(_("Strengths"), 3),
        Bullets(words.strengths or [_("Nothing that stands out.")]),
        Heading(_("Weaknesses"), 3),
        Bullets(words.weaknesses or [_("Nothing that stands out.")]),
        Heading(_("Confusion matrix"), 3),
        Heatmap(f"matrix_{item.id}", np.array(metrics.report.confusion), item.classes),
    ]
    table = item.tables.get(split)
    if table is not None:
        blocks += [
            Heading(_("Calibration"), 3),
            Diagram(f"reliability_{item.id}", reliability(table.probabilities, table.label)),
        ]
    if item.history:
        blocks += [
            Heading(_("Learning curves"), 3),
            Curves(f"curves_{item.id}", [Curve(item.id, item.title, item.history)]),
            Bullets(reading.read(item.history, metrics.training_accuracy)),
        ]
    blocks.append(
        Paragraph(
            _("Measured by '{command}' on {date}; model file {hash}.").format(
                command=metrics.made.command,
                date=metrics.made.date[:10],
                hash=metrics.model_sha256[:12],
            )
        )
    )
    return blocks


def _interval(ends: tuple[float, float]) -> str:
    return f"{number(100 * ends[0], 1)} – {number(100 * ends[1], 1)}"


def _accuracy(found: Agreement | None) -> str:
    return NONE if found is None or not found.n else percent(found.accuracy)
