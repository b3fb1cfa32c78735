"""The API beside the pages, as `streamlit run Home.py` serves both."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

from benchmarks.start import serve
from core import paths
from core.api import keys
from tests.conftest import Lab


def get(address: str, **headers: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as problem:
        return problem.code, problem.read()


def test_pages_and_api_share_a_server(lab: Lab) -> None:
    with serve() as server:
        server.open("results")
        api = f"http://{server.address}:{server.port}/api/v1"
        status, body = get(f"{api}/networks")
        assert status == 200
        assert [item["id"] for item in json.loads(body)] == ["gated_net", "plain_net"]
        photo = (paths.ROOT / "core/ui/assets/mark.svg").read_bytes()
        request = urllib.request.Request(f"{api}/classify", photo, {"Content-Type": "image/svg"})
        with urllib.request.urlopen(request) as answer:
            (row,) = json.load(answer)["rows"]
        assert row["error"]
        assert "mark.svg" not in server.said()
        status, body = get(f"{api}/docs")
        assert status == 200
        assert b"http" not in body.replace(b"<!doctype html>", b"")


def test_other_machines_need_a_key(lab: Lab) -> None:
    key, digest = keys.new()
    with serve(environment={keys.VARIABLE: digest}) as server:
        api = f"http://{server.address}:{server.port}/api/v1"
        assert get(f"{api}/networks")[0] == 401
        assert get(f"{api}/networks", **{"X-API-Key": key})[0] == 200


def test_malformed_keys_close_the_api_and_leave_the_pages(lab: Lab) -> None:
    with serve(environment={keys.VARIABLE: "secret"}) as server:
        server.open()
        assert get(f"http://{server.address}:{server.port}/api/v1/networks")[0] == 403
        assert "FER_API_KEYS: entry 1" in server.said()
        assert "secret" not in server.said()
