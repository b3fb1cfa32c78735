"""`results/ensemble.json`: all seven-class networks asked together.

Arithmetic on the prediction tables: the weights are found on the selection split, and the
report split, which had no part in that, says what they are worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from core.evaluation.calibration import fit_temperature
from core.evaluation.ensemble import combine, percents
from core.evaluation.evaluate import rounded
from core.evaluation.measured import Measured, of_network, of_table, restricted
from core.evaluation.metrics import predictions, summarise
from core.evaluation.results import NetworkResults
from core.evaluation.significance import compare
from core.labels import CLASSES
from core.records import Count, Document, Made, Record, Sha256, Share
from core.roles import REPORT, SELECTION
from core.schema import SCHEMA_VERSION, PredictionTable, SplitMetrics

ID = "ensemble"
FILE = "ensemble.json"

Change = Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)]


class Member(Record):
    """One network's part in percent; 0 for one that the others make superfluous."""

    id: str
    weight: Annotated[int, Field(ge=0, le=100)]
    model_sha256: Sha256


class AgainstMember(Record):
    """McNemar's comparison with the most accurate member.

    `difference` is the ensemble's accuracy minus that member's.
    """

    id: str
    both: Count
    only_ensemble: Count
    only_member: Count
    neither: Count
    difference: Change
    difference_interval: tuple[Change, Change]
    p_value: Share


class EnsembleMetrics(Document):
    """The whole file.

    `report` is the number to quote; on `selection` the weights and the temperature were
    found. `made.date` is that of the newest of the members' measurements.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    classes: list[str]
    members: list[Member]
    temperature: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    report: SplitMetrics
    selection: SplitMetrics
    against_best: AgainstMember
    made: Made


def measure(found: Sequence[NetworkResults]) -> tuple[EnsembleMetrics, Measured] | None:
    """The ensemble of all seven-class networks, and itself on the report split.

    None for fewer than two networks.

    Raises:
        ResultsError: if their tables share no image or label one differently.
    """
    able = [(item, _table(item, SELECTION), _table(item, REPORT)) for item in found]
    parts = [(item, a, b) for item, a, b in able if a is not None and b is not None]
    if len(parts) < 2:
        return None
    parts.sort(key=lambda part: part[0].id)
    asked, selection, report = (list(column) for column in zip(*parts, strict=True))
    weights = percents(selection)
    chosen, together = combine(selection, weights), combine(report, weights)
    temperature = round(fit_temperature(chosen.probabilities, chosen.label), 4)
    right = [int((predictions(table) == table.label).sum()) for table in report]
    best = int(np.argmax(right))
    pair = compare(together, report[best])
    metrics = EnsembleMetrics(
        classes=list(CLASSES),
        members=[
            Member(id=item.id, weight=weight, model_sha256=item.metrics.model_sha256)
            for item, weight in zip(asked, weights, strict=True)
        ],
        temperature=temperature,
        report=summarise(together, temperature),
        selection=summarise(chosen, temperature),
        against_best=AgainstMember(
            id=asked[best].id,
            both=pair.both,
            only_ensemble=pair.only_a,
            only_member=pair.only_b,
            neither=pair.neither,
            difference=pair.difference,
            difference_interval=pair.interval(),
            p_value=pair.p_value,
        ),
        made=Made(
            command="python -m core report",
            date=max(item.metrics.made.date for item in asked),
            versions={"numpy": np.__version__},
        ),
    )
    exact = EnsembleMetrics.model_validate(rounded(metrics.model_dump(mode="json")))
    return exact, of_table(ID, ID, together)


def _table(item: NetworkResults, split: str) -> PredictionTable | None:
    """What a network that tells all seven expressions apart said of a split, in their order."""
    measured = of_network(item, split)
    if measured is None or measured.table is None or set(measured.classes) != set(CLASSES):
        return None
    return restricted(measured, CLASSES).table
