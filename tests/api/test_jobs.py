from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from starlette.testclient import TestClient

from core.api import jobs
from core.api.problems import ProblemError
from core.api.state import Api


def archive(photo: np.ndarray, count: int) -> bytes:
    data = cv2.imencode(".jpg", cv2.cvtColor(photo, cv2.COLOR_RGB2BGR))[1].tobytes()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        for place in range(count):
            target.writestr(f"{place}.jpg", data)
        target.writestr("broken.jpg", b"no picture")
    return stream.getvalue()


def begin(client: TestClient, content: bytes, name: str = "photos.zip") -> str:
    response = client.post(f"/jobs?name={name}&networks=plain_net", content=content)
    assert response.status_code == 202, response.text
    return str(response.json()["id"])


def test_rows_of_a_zip_come_one_a_line(client: TestClient, photo: np.ndarray) -> None:
    job = begin(client, archive(photo, 3))
    lines = [json.loads(line) for line in client.get(f"/jobs/{job}/rows").text.splitlines()]
    assert [row["file"] for row in lines] == [
        *(f"photos.zip/{place}.jpg" for place in range(3)),
        "photos.zip/broken.jpg",
    ]
    state = client.get(f"/jobs/{job}").json()
    assert (state["state"], state["done"], state["faces"], state["failed"]) == ("finished", 4, 3, 1)
    rest = client.get(f"/jobs/{job}/rows?start=3").text.splitlines()
    assert [json.loads(line)["file"] for line in rest] == ["photos.zip/broken.jpg"]


def test_an_ended_job_leaves_nothing(client: TestClient, state: Api, photo: np.ndarray) -> None:
    job = begin(client, archive(photo, 2))
    folder = Path(state.jobs.get(job, "").folder.name)
    assert folder.is_dir()
    assert client.delete(f"/jobs/{job}").status_code == 204
    assert not folder.exists()
    assert client.get(f"/jobs/{job}").status_code == 404
    assert client.get(f"/jobs/{job}/rows").status_code == 404
    assert client.delete(f"/jobs/{job}").status_code == 404


def test_places_are_bounded_and_given_back(
    client: TestClient, state: Api, photo: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "JOBS", 1)
    now = [0.0]
    state.jobs.clock = lambda: now[0]
    begin(client, archive(photo, 1))
    response = client.post("/jobs?name=a.zip", content=archive(photo, 1))
    assert response.status_code == 503
    assert response.headers["retry-after"]
    now[0] = jobs.KEPT + 1
    begin(client, archive(photo, 1))


def test_a_job_of_another_key_is_none(client: TestClient, state: Api, photo: np.ndarray) -> None:
    job = begin(client, archive(photo, 1))
    with pytest.raises(ProblemError, match="404"):
        state.jobs.get(job, "somebody else")


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [("a.txt", b"x", 415), ("a.zip", b"", 422), ("", b"x", 415)],
)
def test_what_is_no_job_is_refused(
    client: TestClient, state: Api, name: str, content: bytes, status: int
) -> None:
    assert client.post(f"/jobs?name={name}", content=content).status_code == status
    assert len(state.jobs) == 0


def test_a_name_leads_nowhere(client: TestClient, photo: np.ndarray) -> None:
    job = begin(client, archive(photo, 1), "..%2F..%2Fetc%2Fphotos.zip")
    lines = client.get(f"/jobs/{job}/rows").text.splitlines()
    assert json.loads(lines[0])["file"] == "photos.zip/0.jpg"


def test_a_damaged_zip_has_a_row_that_says_so(client: TestClient) -> None:
    job = begin(client, b"no zip at all")
    (line,) = client.get(f"/jobs/{job}/rows").text.splitlines()
    assert json.loads(line)["error"]


def test_a_forgotten_job_goes_without_another_coming(
    client: TestClient, state: Api, photo: np.ndarray
) -> None:
    now = [0.0]
    state.jobs.clock = lambda: now[0]
    folder = Path(state.jobs.get(begin(client, archive(photo, 1)), "").folder.name)
    state.jobs.sweep()
    assert folder.is_dir()
    now[0] = jobs.KEPT + 1
    state.jobs.sweep()
    assert not folder.exists()
    assert len(state.jobs) == 0


def test_jobs_on_their_way_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "JOBS", 1)
    places = jobs.Jobs()
    with places.place(), pytest.raises(ProblemError, match="503"), places.place():
        pass
    with places.place():
        pass
