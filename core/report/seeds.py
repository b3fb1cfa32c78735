"""Section of a report on runs from several seeds; nothing where there is one run each."""

from __future__ import annotations

from collections.abc import Sequence

from core.evaluation.seeds import Contest, Spread, contests, sentence, spreads
from core.evaluation.significance import p_text
from core.report.blocks import Block, Bullets, Heading, Table
from core.report.gather import Group
from core.report.wording import NONE, points
from core.roles import SQUEEZE
from core.text import _, number, percent


def of_group(group: Group) -> list[Spread]:
    """The spreads of a group's networks on its split."""
    return spreads([row.item for row in group.rows], group.split)


def blocks(group: Group) -> list[Block]:
    """Every run, the spread, and the pairs of runs that share a seed."""
    found = of_group(group)
    if not found:
        return []
    made: list[Block] = [Heading(_("Spread over seeds"), 3), _table(found)]
    if resized := [_against_own_size(spread, group) for spread in found if not spread.own_size]:
        made.append(Bullets(resized))
    pairs = contests(found)
    asked = [pair for pair in pairs if (pair.a.id, pair.b.id) == SQUEEZE]
    others = [pair for pair in pairs if pair not in asked]
    if asked:
        made.append(Heading(_("Does squeeze-and-excitation help?"), 3))
        made += _contests(asked)
    if others:
        made.append(Heading(_("Other pairs over the same seeds"), 3))
        made += _contests(others)
    return made


def _table(found: Sequence[Spread]) -> Table:
    rows = [
        [
            spread.title,
            f"{spread.size} × {spread.size}",
            ", ".join(str(run.seed) for run in spread.runs),
            ", ".join(percent(run.accuracy) for run in spread.runs),
            percent(spread.mean, 2),
            number(100 * spread.deviation, 2),
            percent(spread.macro_f1),
        ]
        for spread in found
    ]
    header = [
        _("Network"),
        _("Input (pixels)"),
        _("Seeds"),
        _("Accuracy of each run"),
        _("Mean"),
        _("Standard deviation in points"),
        _("Mean macro F1"),
    ]
    note = _(
        "Runs of one line differ in nothing but the seed of weights, order and augmentation. Runs "
        "at another input size than the recipe's compare with each other only."
    )
    return Table(header, rows, note)


def _against_own_size(spread: Spread, group: Group) -> str:
    """Effect of the other input size, as far as one run at the own size can tell."""
    row = next(row for row in group.rows if row.item.id == spread.id)
    card = row.item.card
    return _(
        "{runs}: {mean} on average. One run at {size} px, the network of the tables above: {own}."
    ).format(
        runs=spread.label,
        mean=percent(spread.mean),
        size=card.input_size if card else NONE,
        own=percent(row.scored.accuracy),
    )


def _contests(found: Sequence[Contest]) -> list[Block]:
    rows = []
    for contest in found:
        rows += [
            [
                _("{a} and {b}, seed {seed}").format(
                    a=contest.a.label, b=contest.b.title, seed=seed
                ),
                number(pair.only_a),
                number(pair.only_b),
                points(pair.difference, 2),
                _("{low} to {high}").format(
                    low=points(pair.interval()[0]), high=points(pair.interval()[1])
                ),
                p_text(pair.p_value),
            ]
            for seed, pair in zip(contest.seeds, contest.pairs, strict=True)
        ]
        low, high = contest.interval()
        rows.append(
            [
                _("{a} and {b}, mean over {count} seeds").format(
                    a=contest.a.label, b=contest.b.title, count=len(contest.seeds)
                ),
                NONE,
                NONE,
                points(contest.mean, 2),
                _("{low} to {high}").format(low=points(low), high=points(high)),
                NONE if contest.p_value is None else p_text(contest.p_value),
            ]
        )
    header = [
        _("Runs"),
        _("Only the first right"),
        _("Only the second right"),
        _("Lead in points"),
        _("95% interval"),
        _("p-value"),
    ]
    note = _(
        "One seed: McNemar's test over the images. Mean: Student's t over the seeds, which few "
        "seeds make wide."
    )
    return [Table(header, rows, note), Bullets([sentence(contest) for contest in found])]
