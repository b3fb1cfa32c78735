"""What the README names exists, and the pages that exist are named in it."""

from __future__ import annotations

import re

import pytest
import typer

from benchmarks.commands import app as benchmarks
from core import paths
from core.cli import app
from core.ui import sitemap

TEXT = (paths.ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_pages_is_the_sidebar() -> None:
    table = TEXT.split("## The pages")[1].split("##")[0]
    named = re.findall(r"^\| ([A-Z][a-z ]+) \|", table, flags=re.MULTILINE)
    entries = [entry.title for group in sitemap.sections().values() for entry in group]
    assert sorted(named) == sorted(entries)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", TEXT))))
def test_linked_files_exist(target: str) -> None:
    assert (paths.ROOT / target).is_file()


@pytest.mark.parametrize("line", sorted(set(re.findall(r"-m core ([a-z]+(?: [a-z]+)?)", TEXT))))
def test_commands_exist(line: str) -> None:
    command = typer.main.get_command(app)
    for word in line.split():
        if not isinstance(command, typer.core.TyperGroup):  # an argument of the command
            break
        assert word in command.commands
        command = command.commands[word]


def test_options_exist() -> None:
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", TEXT)) - {"--help"}
    commands = [typer.main.get_command(app), typer.main.get_command(benchmarks)]
    known = set()
    for command in commands:
        commands += getattr(command, "commands", {}).values()
        known |= {name for option in command.params for name in option.opts}
    assert named <= known
