from __future__ import annotations

import base64
import json

import cv2
import numpy as np
import pytest
from starlette.testclient import TestClient

from core.api import classify
from core.api.state import Api
from core.batch.pipeline import Pipeline
from core.batch.sources import Photo
from core.engine.catalogue import available_models
from core.engine.engine import Engine
from core.faces.detector import FaceDetector
from core.labels import CLASSES
from core.rows import columns
from tests.conftest import Lab


@pytest.fixture(scope="module")
def jpeg(photo: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", cv2.cvtColor(photo, cv2.COLOR_RGB2BGR))[1].tobytes()


def raw(client: TestClient, content: bytes, query: str = ""):
    return client.post(
        f"/classify?{query}", content=content, headers={"Content-Type": "image/jpeg"}
    )


def test_rows_are_those_of_a_batch(client: TestClient, jpeg: bytes, detector: FaceDetector) -> None:
    (card,) = [card for card in available_models() if card.id == "plain_net"]
    outcome, _chips = Pipeline([card], Engine().predict, detector).one(Photo("photo", lambda: jpeg))
    answered = raw(client, jpeg, "networks=plain_net").json()["rows"]
    assert answered == [row.values(CLASSES) for row in outcome.rows]
    assert list(answered[0]) == columns(CLASSES)


def test_one_photo_three_ways_is_one_answer(client: TestClient, jpeg: bytes) -> None:
    def told(response) -> list[dict]:
        return [{**row, "file": ""} for row in response.json()["rows"]]

    first = raw(client, jpeg, "networks=plain_net,gated_net")
    form = client.post(
        "/classify?networks=plain_net,gated_net", files=[("file", ("a.jpg", jpeg, "image/jpeg"))]
    )
    encoded = {"images": [{"name": "a", "data": base64.b64encode(jpeg).decode()}]}
    as_json = client.post("/classify?networks=plain_net,gated_net", json=encoded)
    assert told(first) == told(form) == told(as_json)
    assert {row["network"] for row in first.json()["rows"]} == {"plain_net", "gated_net"}


def test_a_damaged_photo_leaves_the_others_theirs(client: TestClient, jpeg: bytes) -> None:
    files = [
        ("file", (name, data, "image/jpeg"))
        for name, data in [("whole.jpg", jpeg), ("broken.jpg", b"no picture"), ("again.jpg", jpeg)]
    ]
    rows = client.post("/classify?networks=plain_net", files=files).json()["rows"]
    assert [row["file"] for row in rows] == ["whole.jpg", "broken.jpg", "again.jpg"]
    assert [bool(row["error"]) for row in rows] == [False, True, False]


def test_maps_belong_to_faces(client: TestClient, jpeg: bytes) -> None:
    answer = raw(client, jpeg, "networks=plain_net&maps=true").json()
    (found,) = answer["maps"]
    values = np.array(found["map"])
    assert values.ndim == 2
    assert values.min() >= 0
    assert values.max() <= 1
    assert found["label"] in CLASSES


def test_as_csv(client: TestClient, jpeg: bytes) -> None:
    response = raw(client, jpeg, "networks=plain_net&format=csv")
    assert response.headers["content-type"].startswith("text/csv")
    header, line = response.text.splitlines()
    assert header.split(",") == columns(CLASSES)
    assert line.startswith("photo,")


@pytest.mark.parametrize(
    ("content", "kind", "status", "sentence"),
    [
        (b"", "image/jpeg", 422, "no photo"),
        (b"x", "text/plain", 415, "Send photos as"),
        (b"{", "application/json", 422, "JSON"),
        (b"{}", "application/json", 422, "images"),
        (b'{"images": []}', "application/json", 422, "at least 1"),
        (b'{"images": [{"data": "%%"}]}', "application/json", 422, "base64"),
        (b"no boundary", "multipart/form-data", 422, "boundary"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x", 422, ""),
    ],
)
def test_what_is_no_photo_gets_a_sentence(
    client: TestClient, content: bytes, kind: str, status: int, sentence: str
) -> None:
    response = client.post("/classify", content=content, headers={"Content-Type": kind})
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert sentence in response.json()["detail"]


def test_sentences_come_in_the_language_asked_for(client: TestClient) -> None:
    english = client.post("/classify?networks=nobody", content=b"x")
    indonesian = client.post(
        "/classify?networks=nobody", content=b"x", headers={"Accept-Language": "id-ID,en;q=0.5"}
    )
    assert english.status_code == indonesian.status_code == 404
    assert "There is no network 'nobody'" in english.json()["detail"]
    assert english.json()["detail"] != indonesian.json()["detail"]


def test_too_many_photos_wait_nowhere(
    client: TestClient, state: Api, jpeg: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state.pool, "_waiting", 0)
    response = raw(client, jpeg)
    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"
    assert state.pool.taken == 0


def test_nothing_is_kept_and_everything_is_counted(client: TestClient, jpeg: bytes) -> None:
    raw(client, jpeg, "networks=plain_net")
    text = client.get("/metrics").text
    assert "fer_photos_total 1.0" in text
    assert "fer_faces_total 1.0" in text
    assert 'fer_requests_total{route="/classify",status="200"} 1.0' in text
    assert "fer_photos_waiting 0.0" in text


def test_the_bound_on_photos_stands_in_the_document(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    body = document["paths"]["/classify"]["post"]["requestBody"]["content"]
    images = body["application/json"]["schema"]["properties"]["images"]
    assert images["maxItems"] == classify.PHOTOS
    assert json.dumps(document)


def test_sets_hold_the_answer(client: TestClient, jpeg: bytes) -> None:
    narrow, wide = (
        raw(client, jpeg, f"networks=plain_net&sets={level}").json()["rows"][0]
        for level in (80, 95)
    )
    assert narrow["label"] in wide["set"]
    assert set(narrow["set"].split("; ")) <= set(wide["set"].split("; "))
    assert not raw(client, jpeg, "networks=plain_net").json()["rows"][0]["set"]
    assert raw(client, jpeg, "networks=plain_net&sets=50").status_code == 422


def test_sets_that_cannot_be_calibrated_are_refused(
    client: TestClient, jpeg: bytes, lab: Lab
) -> None:
    (lab.results / "plain_net" / "predictions.npz").unlink()
    response = raw(client, jpeg, "networks=plain_net&sets=90")
    assert response.status_code == 422
    assert "plain_net" in response.json()["detail"]
