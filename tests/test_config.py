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


def test_every_dependency_stands_in_the_list_of_licences() -> None:
    listed = (paths.ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    rows = {tuple(cell.strip() for cell in line.split("|")[1:3]) for line in listed.splitlines()}
    names = {(name.lower().replace("_", "-"), version) for name, version, *_rest in rows}
    # Which TensorFlow is installed depends on the machine.
    for line in (paths.ROOT / "requirements-app.txt").read_text(encoding="utf-8").splitlines():
        pinned = line.split("#")[0].split(";")[0].strip()
        if "==" in pinned:
            name, version = pinned.split("==")
            place = (name.split("[")[0].lower().replace("_", "-"), version)
            assert place in names, f"{pinned} is not in THIRD_PARTY.md. Run: make licences"
