"""Which images did what for which network, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.report.gather import Gathered, Row
from core.roles import TRAINING
from core.text import _, number, percent


def sentences(found: Gathered) -> list[str]:
    """One for each network that divided Training itself, then one for each other way."""
    ways: dict[tuple[str, str, str], list[str]] = {}
    lines = []
    for row in found.rows:
        if row.item.metrics.own_division:
            lines.append(_divided(row))
            continue
        metrics = row.item.metrics
        trained = row.item.card.protocol.training if row.item.card else TRAINING
        way = (trained, metrics.selection.split, metrics.report.split)
        ways.setdefault(way, []).append(row.item.title)
    text = _(
        "{networks}: learned from {training}; {selection} chose the epoch and the temperature; "
        "{report} took no part in either and is what is reported."
    )
    everybody = _("All other networks") if lines else _("All networks")
    common = [
        text.format(
            networks=everybody if len(ways) == 1 else "; ".join(titles),
            training=way[0],
            selection=way[1],
            report=way[2],
        )
        for way, titles in ways.items()
    ]
    return [*lines, *common]


def _divided(row: Row) -> str:
    """Sentence on what a network that divided Training learned from, and its own test."""
    metrics, settings = row.item.metrics, _data(row)
    own = metrics.own_division
    if own is None:
        return ""
    low, high = own.test.accuracy_interval
    parts = [
        _(
            "{network}: divided Training itself, every class in proportion and exact copies kept "
            "in one part. It learned from {learned} images; another {validation} chose the epoch, "
            "{selection} the temperature; {report} took no part in either and is what is reported. "
            "On the last {test} images of Training, which took no part either, it is right on "
            "{accuracy} ({low} to {high}); that number compares with no other network here."
        ).format(
            network=row.item.title,
            learned=number(own.learned),
            validation=number(own.validation.n),
            selection=metrics.selection.split,
            report=metrics.report.split,
            test=number(own.test.n),
            accuracy=percent(own.test.accuracy),
            low=percent(low),
            high=percent(high),
        )
    ]
    if settings.get("smote"):
        parts.append(
            _(
                "Its classes were filled up by SMOTE with {neighbours} neighbours, within the "
                "images that it learned from only."
            ).format(neighbours=settings["smote"])
        )
    return " ".join(parts)


def _data(row: Row) -> Mapping[str, Any]:
    data = row.item.card.recipe.get("data") if row.item.card else None
    return data if isinstance(data, dict) else {}
