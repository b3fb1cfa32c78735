"""The theme is read once, and the browser receives the same."""

from __future__ import annotations

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import NewSession
from streamlit.runtime import app_session

from core.server import _compat

SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar")


def sent() -> list[bytes]:
    found = []
    for section in SECTIONS:
        message = NewSession()
        app_session._populate_theme_msg(message.custom_theme, section)
        found.append(message.SerializeToString(deterministic=True))
    return found


def test_a_remembered_theme_is_the_theme(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = app_session._populate_theme_msg
    monkeypatch.setattr(app_session, "_populate_theme_msg", getattr(plain, "__wrapped__", plain))
    before = sent()
    assert any(before)
    _compat.remember_theme()
    _compat.remember_theme()
    assert sent() == before
    asked: list[str] = []
    monkeypatch.setattr(config, "get_options_for_section", asked.append)
    assert sent() == before
    assert not asked
