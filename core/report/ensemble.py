"""Section of a report on all seven-class networks asked together."""

from __future__ import annotations

from core.evaluation import significance
from core.evaluation.comparison import Scored, score
from core.evaluation.ensemble_results import EnsembleMetrics
from core.evaluation.significance import Paired
from core.report.blocks import Block, Bullets, Heading
from core.report.gather import Gathered, Group
from core.text import _, ngettext, percent


def of_group(found: Gathered, group: Group) -> tuple[EnsembleMetrics, Scored] | None:
    """The ensemble and its scores, for the group whose networks are its members."""
    if found.ensemble is None:
        return None
    metrics, measured = found.ensemble
    if metrics.report.split != group.split or set(metrics.classes) != set(group.classes):
        return None
    return metrics, score(measured)


def blocks(found: Gathered, group: Group) -> list[Block]:
    """Members, weights, accuracy, and whether it beats the best of them; or nothing."""
    together = of_group(found, group)
    if together is None:
        return []
    metrics, scored = together
    titles = {row.item.id: row.item.title for row in group.rows}
    shares = ", ".join(
        f"{titles[member.id]} {percent(member.weight / 100, 0)}"
        for member in metrics.members
        if member.weight
    )
    unused = [titles[member.id] for member in metrics.members if not member.weight]
    lines = [
        _(
            "Probabilities are averaged with weights under which the labels of {selection} are "
            "likeliest: {shares}."
        ).format(selection=metrics.selection.split, shares=shares)
    ]
    if unused:
        lines.append(
            ngettext(
                "{networks} got no weight: the others make it superfluous.",
                "{networks} got no weight: the others make them superfluous.",
                len(unused),
            ).format(networks=", ".join(unused))
        )
    low, high = scored.accuracy_interval
    lines.append(
        _(
            "On {report}, which had no part in that, it is right on {accuracy} of the images "
            "({low} to {high}), with a macro F1 of {f1}."
        ).format(
            report=metrics.report.split,
            accuracy=percent(scored.accuracy),
            low=percent(low),
            high=percent(high),
            f1=percent(scored.macro_f1),
        )
    )
    best = metrics.against_best
    pair = Paired(best.both, best.only_ensemble, best.only_member, best.neither)
    lines.append(significance.sentence(pair, _("Ensemble"), titles[best.id]))
    return [Heading(_("Ensemble"), 3), Bullets(lines)]
