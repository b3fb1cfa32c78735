"""What README and docs name exists, the pages that exist are named, and the version is one."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import typer

from benchmarks.commands import app as benchmarks
from core import __version__, paths
from core.cli import app
from core.ui import sitemap

FILES = [
    *(paths.ROOT / f"{name}.md" for name in ("README", "ARCHITECTURE", "CONTRIBUTING", "SECURITY")),
    *sorted((paths.ROOT / "docs").glob("*.md")),
]
TEXTS = {str(file.relative_to(paths.ROOT)): file.read_text(encoding="utf-8") for file in FILES}
README = TEXTS["README.md"]


def found(pattern: str) -> list[tuple[str, str]]:
    """Everything that a pattern finds, with the file in which it stands."""
    return sorted(
        {(name, hit) for name, text in TEXTS.items() for hit in re.findall(pattern, text)}
    )


def test_the_readme_is_short() -> None:
    assert README.count("\n") <= 110


def test_the_table_of_pages_is_the_sidebar() -> None:
    table = README.split("## The pages")[1].split("##")[0]
    named = re.findall(r"^\| ([A-Z][a-z ]+) \|", table, flags=re.MULTILINE)
    entries = [entry.title for group in sitemap.sections().values() for entry in group]
    assert sorted(named) == sorted(entries)


@pytest.mark.parametrize(("file", "target"), found(r"\]\(([^)#:]+)\)"))
def test_linked_files_exist(file: str, target: str) -> None:
    assert (paths.ROOT / file).parent.joinpath(target).is_file()


@pytest.mark.parametrize(("file", "line"), found(r"-m core ([a-z][a-z-]*(?: [a-z]+)?)"))
def test_commands_exist(file: str, line: str) -> None:
    check(app, line)


@pytest.mark.parametrize(("file", "line"), found(r"-m benchmarks ([a-z]+)"))
def test_benchmarks_exist(file: str, line: str) -> None:
    check(benchmarks, line)


def check(application: typer.Typer, line: str) -> None:
    command = typer.main.get_command(application)
    for word in line.split():
        if not isinstance(command, typer.core.TyperGroup):  # an argument of the command
            break
        assert word in command.commands
        command = command.commands[word]


def test_options_exist() -> None:
    lines = "\n".join(
        line for text in TEXTS.values() for line in text.splitlines() if "-m core " in line
    )
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", lines)) - {"--help"}
    commands = [typer.main.get_command(app)]
    known = set()
    for command in commands:
        commands += getattr(command, "commands", {}).values()
        known |= {name for option in command.params for name in option.opts}
    assert named <= known


@pytest.mark.parametrize(("file", "target"), found(r"`make ([a-z-]+)`"))
def test_make_targets_exist(file: str, target: str) -> None:
    assert f"\n{target}:" in (paths.ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", re.findall(r"`(core/[\w/]+)/?`", TEXTS["ARCHITECTURE.md"]))
def test_places_on_the_map_exist(name: str) -> None:
    place = paths.ROOT / name
    assert place.is_dir() or place.with_suffix(".py").is_file()


def test_every_part_is_on_the_map() -> None:
    table = TEXTS["ARCHITECTURE.md"].split("## The map")[1].split("##")[0]
    folders = [file.parent.name for file in (paths.ROOT / "core").glob("*/__init__.py")]
    assert [name for name in folders if f"core/{name}/" not in table] == []


def test_the_version_is_one() -> None:
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "core.__version__"}
    changelog = (paths.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\d+\.\d+\.\d+)", changelog, flags=re.MULTILINE)[0] == __version__
    citation = (paths.ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {__version__}\n" in citation


def test_a_container_copies_what_the_dashboard_reads() -> None:
    """Whatever `COPY` names exists and is let through by .dockerignore."""
    recipe = (paths.ROOT / "Containerfile").read_text(encoding="utf-8")
    copied = [line.split()[1:-1] for line in recipe.splitlines() if line.startswith("COPY")]
    allowed = (paths.ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for name in (name for names in copied for name in names):
        assert Path(paths.ROOT / name).exists()
        assert f"!{name}" in allowed
