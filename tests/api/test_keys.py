from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from core.api import keys
from core.api.app import create
from core.api.keys import Gate, Key
from core.api.problems import ProblemError
from core.cli import main
from core.errors import FerLabError
from tests.conftest import Lab

KEY, DIGEST = keys.new()


def test_a_key_is_stored_as_its_hash_only() -> None:
    assert KEY not in DIGEST
    assert keys.read(f"class={DIGEST}, {DIGEST.upper()}") == (
        Key("class", DIGEST),
        Key("key 2", DIGEST),
    )


def test_a_key_in_place_of_its_hash_is_refused_and_not_repeated() -> None:
    with pytest.raises(FerLabError, match="entry 1: Expected the SHA-256") as problem:
        keys.read(KEY)
    assert KEY not in str(problem.value)


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("", False),
        ("::", False),
        ("192.168.1.4", False),
        ("localhost.example", False),
    ],
)
def test_which_addresses_are_local(address: str, local: bool) -> None:
    assert keys.is_local(address) is local


def test_without_keys_only_this_machine_may_ask() -> None:
    assert Gate((), "localhost").admit(None, None) == ""
    with pytest.raises(ProblemError) as problem:
        Gate((), "0.0.0.0").admit(None, None)
    assert problem.value.status_code == 403
    assert "FER_API_KEYS" in str(problem.value.detail)


@pytest.mark.parametrize(
    ("authorization", "header"),
    [(None, None), ("Bearer ", None), ("Bearer wrong", None), (f"Basic {KEY}", None), (None, "é")],
    # Keys are drawn anew in each process; names of tests must be the same in all.
    ids=("nothing", "empty", "wrong", "basic", "letter"),
)
def test_a_wrong_key_is_refused_everywhere(authorization: str | None, header: str | None) -> None:
    for address in ("localhost", "0.0.0.0"):
        with pytest.raises(ProblemError) as problem:
            Gate((Key("a", DIGEST),), address).admit(authorization, header)
        assert problem.value.status_code == 401


def test_a_key_has_its_requests_of_a_minute() -> None:
    now = [0.0]
    gate = Gate((Key("a", DIGEST),), "0.0.0.0", rate=3, clock=lambda: now[0])
    for _turn in range(3):
        assert gate.admit(f"Bearer {KEY}", None) == "a"
    with pytest.raises(ProblemError) as problem:
        gate.admit(None, KEY)
    assert problem.value.status_code == 429
    assert problem.value.headers == {"Retry-After": "20"}
    now[0] = 20.0
    assert gate.admit(None, KEY) == "a"


def test_over_http(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(keys.VARIABLE, DIGEST)
    with TestClient(create("0.0.0.0")) as client:
        assert client.get("/health").status_code == 200
        assert client.get("/networks").status_code == 401
        assert client.get("/metrics").status_code == 401
        assert client.get("/networks", headers={"X-API-Key": KEY}).status_code == 200
        bearer = {"Authorization": f"Bearer {KEY}"}
        assert len(client.get("/networks", headers=bearer).json()) == 2


@pytest.mark.parametrize("rate", ["0", "-1", "many", ""])
def test_a_rate_that_is_none_is_told_at_start(rate: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FER_API_RATE", rate)
    with pytest.raises(FerLabError, match="FER_API_RATE"):
        keys.gate("localhost")


def test_the_command_prints_a_key_that_its_entry_lets_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["api-key", "class"])
    first, second = capsys.readouterr().out.splitlines()
    gate = Gate(keys.read(second.split()[-1]), "0.0.0.0")
    assert gate.admit(None, first.split()[-1]) == "class"
