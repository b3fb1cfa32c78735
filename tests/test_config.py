"""The server's settings, which `streamlit run Home.py` reads beside it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from streamlit import config

from core import paths

SETTINGS = tomllib.loads((paths.ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def names(settings: dict[str, Any], above: str = "") -> Iterator[str]:
    """The dotted names of all settings."""
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from names(value, f"{above}{name}.")
        else:
            yield above + name


def test_the_server_watches_no_files_and_searches_for_no_garbage_after_a_run() -> None:
    assert SETTINGS["server"]["fileWatcherType"] == "none"
    assert SETTINGS["runner"]["postScriptGC"] is False


def test_streamlit_knows_every_setting() -> None:
    assert set(names(SETTINGS)) <= set(config.get_config_options())


def test_a_developer_can_turn_the_watch_on() -> None:
    makefile = (paths.ROOT / "Makefile").read_text(encoding="utf-8")
    assert "--server.fileWatcherType auto" in makefile.partition("\ndev:")[2].partition("\n\n")[0]
