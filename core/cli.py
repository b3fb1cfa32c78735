"""`python -m core ...`: joins the command line apps of the project's parts.

A part registers here by one line. Its `commands` module must be quick to import:
TensorFlow, OpenVINO and the like are imported inside the commands that need them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

import core.api.commands
import core.batch.commands
import core.commands
import core.data.commands
import core.messages
import core.report.commands
import core.study
import core.training.commands
from core import __version__
from core.errors import FerLabError
from core.files import shown

app = typer.Typer(
    name="python -m core",
    help="FER Lab: import FER-2013, train networks, export and evaluate them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"FER Lab {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    pass


app.add_typer(core.data.commands.app, name="data")
app.add_typer(core.training.commands.app)
app.add_typer(core.commands.app)
app.add_typer(core.study.app)
app.add_typer(core.batch.commands.app)
app.add_typer(core.report.commands.app)
app.add_typer(core.api.commands.app)
app.add_typer(core.messages.app)


def main(arguments: Sequence[str] | None = None, app: typer.Typer = app) -> None:
    """Run a command line, by default this one; `arguments` default to those of the process.

    An error that the user can mend, a full disk among them, is one red line on standard
    error and exit code 1.

    Raises:
        SystemExit: always, with the exit code.
    """
    try:
        app(args=arguments)
    except (FerLabError, OSError) as error:
        Console(stderr=True, soft_wrap=True).print(Text(_sentence(error), style="red"))
        sys.exit(1)


def _sentence(error: Exception) -> str:
    """What went wrong in one line; names of files cannot write to the terminal."""
    if isinstance(error, OSError) and error.strerror:
        name = f"{error.filename}: " if error.filename else ""
        return shown(f"{name}{error.strerror}.")
    return shown(str(error))
