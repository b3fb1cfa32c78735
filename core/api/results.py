"""`networks`, `results`, `compare`: what the dashboard's pages show, as JSON or CSV."""

from __future__ import annotations

import csv
import io
from typing import Annotated, Literal

import numpy as np
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from core.api.problems import ProblemError
from core.api.state import api_of
from core.evaluation.metrics import Normalisation, normalise, restrict
from core.evaluation.results import NetworkResults, load
from core.evaluation.significance import compare as paired
from core.evaluation.significance import sentence
from core.schema import Card, Metrics
from core.text import _

router = APIRouter(tags=["networks and results"])

Split = Literal["PrivateTest", "PublicTest"]


class NetworkSummary(BaseModel):
    """A network in the list.

    Attributes:
        id: its name in addresses.
        title: what to call it.
        summary: one sentence.
        classes: names in output order.
        parameters: its weights.
    """

    id: str
    title: str
    summary: str
    classes: list[str]
    parameters: int


class Matrix(BaseModel):
    """A confusion matrix.

    Attributes:
        model: id of the network.
        split: images it was measured on.
        n: their number.
        classes: of rows (true) and columns (predicted).
        normalised: `none` for counts; `row`, `column` or `all` for shares of these.
        values: rows of numbers.
    """

    model: str
    split: str
    n: int
    classes: list[str]
    normalised: Normalisation
    values: list[list[float]]


class Question(BaseModel):
    """Which two networks to compare."""

    a: Annotated[str, Field(max_length=100)]
    b: Annotated[str, Field(max_length=100)]
    split: Split = "PrivateTest"


class Comparison(BaseModel):
    """Two networks on the same images; shares in [0, 1].

    Attributes:
        n: images that both were asked about, of the classes that both know.
        classes: these.
        both, only_a, only_b, neither: images that these named right.
        difference: accuracy of `a` minus that of `b`.
        interval: of the difference, at 95 %.
        p_value: exact McNemar.
        sentence: what it means.
    """

    a: str
    b: str
    split: str
    n: int
    classes: list[str]
    both: int
    only_a: int
    only_b: int
    neither: int
    difference: float
    interval: tuple[float, float]
    p_value: float
    sentence: str


@router.get("/networks", summary="Networks that can be asked")
def networks(request: Request) -> list[NetworkSummary]:
    """All networks of this server."""
    return [
        NetworkSummary(**card.model_dump(include=set(NetworkSummary.model_fields)))
        for card in api_of(request).cards()
    ]


@router.get("/networks/{network_id}", summary="Card of a network")
def network(request: Request, network_id: str) -> Card:
    """Recipe, protocol, hashes, limits: everything that is known of a network."""
    for card in api_of(request).cards():
        if card.id == network_id:
            return card
    raise _unknown(network_id)


@router.get(
    "/results/{network_id}",
    summary="Scores of a network",
    responses={200: {"content": {"text/csv": {}}}},
    response_model=Metrics | Matrix,
)
def results(
    network_id: str,
    what: Annotated[
        Literal["metrics", "matrix"], Query(description="All metrics, or one matrix.")
    ] = "metrics",
    split: Split = "PrivateTest",
    normalised: Annotated[Normalisation, Query(description="Of the matrix.")] = "none",
    format: Annotated[
        Literal["json", "csv"], Query(description="CSV of the matrix or of the class table.")
    ] = "json",
) -> Metrics | Matrix | Response:
    """The numbers of `results/ID/metrics.json`."""
    measured = _measured(network_id)
    scores = measured.split(split)
    if scores is None:
        raise ProblemError(404, _("This network was not measured on {split}.").format(split=split))
    if what == "metrics":
        if format == "json":
            return measured.metrics
        header = ["class", "precision", "recall", "f1", "support"]
        return _csv(header, [list(row.model_dump().values()) for row in scores.per_class])
    shares = normalise(np.array(scores.confusion), normalised)
    values: list[list[float]] = shares.tolist()
    if format == "csv":
        header = ["true \\ predicted", *measured.classes]
        return _csv(
            header, [[name, *row] for name, row in zip(measured.classes, values, strict=True)]
        )
    return Matrix(
        model=network_id,
        split=scores.split,
        n=scores.n,
        classes=measured.classes,
        normalised=normalised,
        values=values,
    )


@router.post("/compare", summary="Compare two networks")
def compare(question: Question) -> Comparison:
    """A paired test on the images that both were asked about."""
    first, second = _measured(question.a), _measured(question.b)
    classes = [name for name in first.classes if name in second.classes]
    tables = []
    for item in (first, second):
        table = item.tables.get(question.split)
        if table is None:
            raise ProblemError(
                404,
                _("There are no single predictions of {network} on {split}.").format(
                    network=item.id, split=question.split
                ),
            )
        tables.append(restrict(table, classes, item.classes))
    pair = paired(*tables)
    return Comparison(
        a=question.a,
        b=question.b,
        split=question.split,
        n=pair.n,
        classes=classes,
        both=pair.both,
        only_a=pair.only_a,
        only_b=pair.only_b,
        neither=pair.neither,
        difference=pair.difference,
        interval=pair.interval(),
        p_value=pair.p_value,
        sentence=sentence(pair, first.title, second.title),
    )


def _measured(network_id: str) -> NetworkResults:
    """A network's results. Raises `ProblemError` 404 where there are none that can be read."""
    if not network_id.replace("_", "").replace("-", "").isalnum():
        raise _unknown(network_id)
    found = load(network_id)
    if not found.usable:
        raise (
            _unknown(network_id)
            if not found.folder.is_dir()
            else ProblemError(404, " ".join(found.problems))
        )
    return found


def _unknown(network_id: str) -> ProblemError:
    return ProblemError(404, _("There is no network {name}.").format(name=repr(network_id[:80])))


def _csv(header: list[str], rows: list[list[object]]) -> Response:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8")
