from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from core.server import headers
from core.server.headers import HEADERS, SecurityHeaders


def client() -> TestClient:
    def answer(request: Request) -> PlainTextResponse:
        response = PlainTextResponse("hello")
        response.set_cookie("a", "1")
        response.headers.append("set-cookie", "b=2; Path=/; Secure")
        return response

    app = Starlette(routes=[Route("/", answer)])
    app.add_middleware(SecurityHeaders)
    return TestClient(app)


def test_every_response_has_them_errors_too() -> None:
    for path, status in (("/", 200), ("/nowhere", 404)):
        response = client().get(path)
        assert response.status_code == status
        assert response.headers["content-security-policy"] == headers.policy()
        for name, value in HEADERS.items():
            assert response.headers[name] == value


def test_streamlits_inline_scripts_are_known_and_no_others_allowed() -> None:
    assert "'sha256-" in headers.policy()
    scripts = headers.policy().partition("script-src ")[2].partition(";")[0]
    assert "unsafe-inline" not in scripts
    assert "'unsafe-eval'" not in scripts


def test_cookies_are_for_tls_only_where_the_viewer_came_by_it() -> None:
    plain = client().get("/").headers.get_list("set-cookie")
    assert plain == ["a=1; Path=/; SameSite=lax", "b=2; Path=/; Secure"]
    behind_proxy = client().get("/", headers={"X-Forwarded-Proto": "https"})
    assert behind_proxy.headers.get_list("set-cookie") == [
        "a=1; Path=/; SameSite=lax; Secure",
        "b=2; Path=/; Secure",
    ]


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("", "frame-ancestors 'self'"),
        ("https://moodle.example https://x.example", "'self' https://moodle.example https://x"),
        ("https://a.example; script-src *", "'self' https://a.example script-src *"),
    ],
)
def test_other_sites_may_frame_the_pages_where_a_setting_names_them(
    monkeypatch: pytest.MonkeyPatch, setting: str, expected: str
) -> None:
    monkeypatch.setenv("FER_FRAME_ANCESTORS", setting)
    assert expected in headers.policy()
    assert headers.policy().count(";") == len(headers.POLICY), "no directive is smuggled in"
