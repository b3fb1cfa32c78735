"""Reservations about the numbers of a report, each sentence from what was gathered."""

from __future__ import annotations

import numpy as np

from core.evaluation.metrics import wilson
from core.figures.labels import class_name
from core.report import seeds
from core.report.gather import Gathered
from core.roles import TRAINING
from core.text import _, ngettext, number, percent
from core.words.provenance import initial_weights

FEW = 100
"""A class with fewer images has a recall that one should not build on."""


def sentences(found: Gathered) -> list[str]:
    """The reservations, in the language of the moment."""
    return [
        _runs(found),
        *_labels(found),
        *_copies(found),
        *_few(found),
        *_selection(found),
        _(
            "FER-2013 has been public since 2013, and what is known to work on it is known from "
            "its test images too: no recipe is quite innocent of them."
        ),
        *_started(found),
        *_inherited(found),
        _(
            "The images are grey, 48 pixels wide, and come from web searches for words of "
            "emotion. On other photos every network will do differently, most likely "
            "worse."
        ),
        *_missing(found),
    ]


def _runs(found: Gathered) -> str:
    spread = [item for group in found.groups for item in seeds.of_group(group)]
    parts = [
        _(
            "Each network is one training run. The intervals do not include how far "
            "another seed would move it."
        )
    ]
    if spread:
        parts.append(
            _("Runs from several seeds exist only of {runs}; their spread stands above.").format(
                runs="; ".join(dict.fromkeys(item.label for item in spread))
            )
        )
    if not all(item.own_size for item in spread):
        parts.append(
            _(
                "Runs at another input size than a network's own tell how far seeds move such "
                "networks, not that network."
            )
        )
    return " ".join(parts)


def _labels(found: Gathered) -> list[str]:
    if found.dataset is None:
        return []
    split = found.groups[0].split
    return [
        _(
            "The labels are noisy: the majority of the ten FER+ taggers agrees with FER-2013's "
            "label on only {share} of {count} images of {split}. A network that scores higher has "
            "learned the habits of the labels, not only expressions."
        ).format(share=percent(row.agreement), count=number(row.images), split=split)
        for row in found.dataset.crowd
        if row.split == split
    ]


def _copies(found: Gathered) -> list[str]:
    if found.dataset is None:
        return []
    split = found.groups[0].split
    selection = found.groups[0].rows[0].item.metrics.selection.split
    lines = []
    if copies := found.dataset.audit.shared_between(split, TRAINING):
        lines.append(
            _(
                "{count} images of {split} are exact copies of images in Training. The table says "
                "what accuracy is without them."
            ).format(count=number(copies), split=split)
        )
    if copies := found.dataset.audit.shared_between(split, selection):
        lines.append(
            _(
                "{count} images of {split} are exact copies of images in {selection}, which chose "
                "epochs, temperatures and the ensemble's weights. They are not left out anywhere."
            ).format(count=number(copies), split=split, selection=selection)
        )
    return lines


def _few(found: Gathered) -> list[str]:
    best = found.groups[0].rows[0]
    lines = []
    for item in best.item.metrics.report.per_class:
        if not 0 < item.support < FEW:
            continue
        low, high = wilson(round(item.recall * item.support), item.support)
        lines.append(
            _(
                "{name} has only {count} images: a recall of {recall} there can be anything from "
                "{low} to {high}."
            ).format(
                name=class_name(item.name),
                count=number(item.support),
                recall=percent(item.recall),
                low=percent(low),
                high=percent(high),
            )
        )
    return lines


def _selection(found: Gathered) -> list[str]:
    """How much more or less the networks score on the split that chose the epoch."""
    pairs = [
        (metrics.selection, metrics.report)
        for row in found.rows
        if not (metrics := row.item.metrics).own_division
    ]
    if not pairs:
        return []
    gain = float(np.mean([selection.accuracy - report.accuracy for selection, report in pairs]))
    selection, report = pairs[0]
    text = _(
        "On {selection}, which chose the epoch, the networks score {points} points more than on "
        "{report} on average; such numbers are not quoted here as results."
    )
    if gain < 0:
        text = _(
            "On {selection}, which chose the epoch, the networks score {points} points less than "
            "on {report} on average. The two may differ in difficulty, so that this does not tell "
            "how much choosing there flatters."
        )
    return [
        text.format(
            selection=selection.split, report=report.split, points=number(100 * abs(gain), 1)
        )
    ]


def _started(found: Gathered) -> list[str]:
    origins: dict[str, list[str]] = {}
    for row in found.rows:
        if row.item.card:
            origins.setdefault(initial_weights(row.item.card), []).append(row.item.title)
    if len(origins) < 2:
        return []
    parts = [f"{origin}: {', '.join(titles)}" for origin, titles in origins.items()]
    return [
        _(
            "The networks start from different weights, so their differences are not those"
            " of architecture alone ({list})."
        ).format(list="; ".join(parts))
    ]


def _inherited(found: Gathered) -> list[str]:
    titles = {row.item.id: row.item.title for row in found.rows}
    lines = []
    for row in found.rows:
        earlier = row.item.card.predecessors if row.item.card else []
        if earlier:
            lines.append(
                ngettext(
                    "{network} was made from another network ({list}): the other's time in epochs "
                    "comes on top of its own, and its errors may resemble the other's.",
                    "{network} was made from other networks ({list}): their time in epochs comes "
                    "on top of its own, and its errors may resemble theirs.",
                    len(earlier),
                ).format(
                    network=row.item.title,
                    list=", ".join(titles.get(name, name) for name in earlier),
                )
            )
    return lines


def _missing(found: Gathered) -> list[str]:
    lines = []
    if found.untrained:
        lines.append(
            ngettext(
                "{count} recipe has no results yet: {names}.",
                "{count} recipes have no results yet: {names}.",
                len(found.untrained),
            ).format(count=len(found.untrained), names=", ".join(found.untrained))
        )
    return [*lines, *(_("Left out: {problem}").format(problem=text) for text in found.problems)]
