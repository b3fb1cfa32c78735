from __future__ import annotations

import json
from collections.abc import Mapping
from email.message import Message
from urllib.error import HTTPError, URLError

import pytest

from core.live.connection import (
    Access,
    SetupError,
    access,
    explain,
    ice_servers,
)

TURN = {"url": "turn:a.org:3478, turns:a.org:5349", "username": "me", "credential": "pass"}
ENVIRONMENT = {f"FER_TURN_{key.upper()}": value for key, value in TURN.items()}
HIRED = {"urls": ["turn:x"], "username": "u", "credential": "c"}


def test_nobody_is_asked_unless_named() -> None:
    assert access({}, {}) == Access("none", {})
    assert ice_servers(Access("none", {})) == []


@pytest.mark.parametrize(
    ("environment", "secrets"), [(ENVIRONMENT, {}), ({}, {"turn": TURN})], ids=["env", "secrets"]
)
def test_an_own_turn_server(
    environment: dict[str, str], secrets: dict[str, dict[str, str]]
) -> None:
    given = access(environment, secrets)
    assert ice_servers(given) == [
        {
            "urls": ["turn:a.org:3478", "turns:a.org:5349"],
            "username": "me",
            "credential": "pass",
        }
    ]


def test_a_stun_server_needs_no_password() -> None:
    assert ice_servers(access({"FER_TURN_URL": "stun:a.org"}, {})) == [{"urls": ["stun:a.org"]}]


@pytest.mark.parametrize(
    ("secrets", "words"),
    [
        ({"turn": {"url": "turn:a.org"}}, "username, credential"),
        ({"twilio": {"account_sid": "AC1"}}, "auth_token"),
        ({"cloudflare": {"api_token": "x", "turn_key_id": " "}}, "turn_key_id"),
    ],
)
def test_incomplete_settings_are_named(secrets: dict[str, dict[str, str]], words: str) -> None:
    with pytest.raises(SetupError, match=words):
        access({}, secrets)


def test_an_address_that_is_none() -> None:
    with pytest.raises(SetupError, match=r"Received: https://a\.org"):
        ice_servers(access({}, {"turn": TURN | {"url": "https://a.org"}}))


def test_twilio() -> None:
    def post(url: str, headers: Mapping[str, str], body: bytes) -> bytes:
        assert url == "https://api.twilio.com/2010-04-01/Accounts/AC1/Tokens.json"
        assert headers["Authorization"] == "Basic QUMxOnRvaw=="
        return json.dumps({"ice_servers": [{"url": "stun:y", "urls": "stun:y"}, HIRED]}).encode()

    given = access({}, {"twilio": {"account_sid": "AC1", "auth_token": "tok"}})
    assert ice_servers(given, post) == [{"urls": ["stun:y"]}, HIRED]


@pytest.mark.parametrize("servers", [[HIRED], HIRED])
def test_cloudflare(servers: object) -> None:
    def post(url: str, headers: Mapping[str, str], body: bytes) -> bytes:
        assert "/keys/k1/" in url
        assert headers["Authorization"] == "Bearer tok"
        assert json.loads(body)["ttl"] > 0
        return json.dumps({"iceServers": servers}).encode()

    given = access({"FER_CLOUDFLARE_TURN_KEY_ID": "k1", "FER_CLOUDFLARE_API_TOKEN": "tok"}, {})
    assert ice_servers(given, post) == [HIRED]


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (HTTPError("u", 401, "Unauthorized", Message(), None), "api.twilio.com refused: 401"),
        (URLError("no route"), "did not answer"),
        (b"not json", "did not answer"),
        (b"[]", "did not answer: list"),
    ],
)
def test_a_provider_that_fails(failure: Exception | bytes, words: str) -> None:
    def post(url: str, headers: Mapping[str, str], body: bytes) -> bytes:
        if isinstance(failure, bytes):
            return failure
        raise failure

    with pytest.raises(SetupError, match=words):
        ice_servers(Access("twilio", {"account_sid": "a", "auth_token": "b"}), post)


FINE = {"secure": True, "media": True, "camera": "ok", "candidates": {"host": 2}, "errors": []}
RELAY = [{"urls": ["turn:a.org"], "username": "u", "credential": "c"}]


@pytest.mark.parametrize(
    ("change", "servers", "words", "good"),
    [
        ({"secure": False}, [], "not opened over https", [False]),
        ({"media": False}, [], "no access to cameras", [False]),
        ({}, [], "Only addresses of the local network", [True, True]),
        ({"camera": "NotAllowedError"}, [], "blocked for this page", [False, True]),
        ({"camera": "NotFoundError"}, [], "No camera was found", [False, True]),
        ({"camera": "NotReadableError"}, [], "in use by another program", [False, True]),
        ({"camera": "OddError"}, [], "did not answer: OddError", [False, True]),
        ({"candidates": {}}, [], "no network address at all", [True, False]),
        ({"candidates": {"host": 1, "srflx": 1}}, [], "STUN", [True, True]),
        ({}, RELAY, "cannot be reached", [True, False]),
        ({"errors": [701]}, RELAY, "cannot be reached", [True, False]),
        ({"errors": [401]}, RELAY, "refused the user name", [True, False]),
        ({"candidates": {"relay": 1}}, RELAY, "passes the video on", [True, True]),
    ],
)
def test_what_is_wrong_is_said(
    change: dict[str, object], servers: list[dict[str, object]], words: str, good: list[bool]
) -> None:
    found = explain(FINE | change, servers)
    assert [item.good for item in found] == good
    assert any(words in item.text for item in found)
