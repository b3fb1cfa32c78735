from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from starlette.testclient import TestClient

from core.evaluation.results import load
from core.evaluation.significance import compare


def test_networks_and_cards(client: TestClient) -> None:
    listed = client.get("/networks").json()
    assert [item["id"] for item in listed] == ["gated_net", "plain_net"]
    assert client.get("/networks/plain_net").json()["parameters"] == listed[1]["parameters"]


def test_metrics_are_those_of_the_file(client: TestClient) -> None:
    assert client.get("/results/plain_net").json() == load("plain_net").metrics.model_dump(
        mode="json"
    )


@pytest.mark.parametrize("normalised", ["none", "row", "column", "all"])
def test_a_matrix_as_json_and_csv(client: TestClient, normalised: str) -> None:
    address = f"/results/plain_net?what=matrix&normalised={normalised}"
    values = np.array(client.get(address).json()["values"])
    rows = list(csv.reader(io.StringIO(client.get(f"{address}&format=csv").text)))
    assert np.allclose(np.array([row[1:] for row in rows[1:]], float), values)
    assert [row[0] for row in rows[1:]] == load("plain_net").classes == rows[0][1:]
    sums = {"row": values.sum(axis=1), "column": values.sum(axis=0), "all": values.sum()}
    if normalised in sums:
        assert np.allclose(sums[normalised], 1)


def test_a_comparison_is_the_dashboards(client: TestClient) -> None:
    answer = client.post("/compare", json={"a": "plain_net", "b": "gated_net"}).json()
    pair = compare(*(load(name).tables["PrivateTest"] for name in ("plain_net", "gated_net")))
    assert answer["difference"] == pytest.approx(pair.difference)
    assert answer["interval"] == pytest.approx(list(pair.interval()))
    assert answer["p_value"] == pytest.approx(pair.p_value)
    assert (
        answer["n"]
        == pair.n
        == answer["both"] + answer["only_a"] + answer["only_b"] + answer["neither"]
    )
    turned = client.post("/compare", json={"a": "gated_net", "b": "plain_net"}).json()
    assert turned["difference"] == pytest.approx(-pair.difference)


@pytest.mark.parametrize(
    "address",
    ["/networks/nobody", "/results/nobody", "/results/..", "/results/%2e%2e%2fmodels", "/nothing"],
)
def test_what_there_is_not_is_404(client: TestClient, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert response.json()["detail"]


def test_a_damaged_file_is_named(client: TestClient) -> None:
    (load("plain_net").folder / "metrics.json").write_text("{")
    response = client.get("/results/plain_net")
    assert response.status_code == 404
    assert "metrics.json" in response.json()["detail"]
