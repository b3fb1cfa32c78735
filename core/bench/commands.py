"""`python -m core bench ...`."""

from __future__ import annotations

from statistics import median
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(help="Measure this installation.", no_args_is_help=True)

FIRST_PAGE = 2.0
"""Seconds that the first page may take, from the command on."""

MEMORY = 250e6
"""Bytes that the server may hold then; small hosts give 690 MB for everything."""


@app.callback()
def bench() -> None:
    """Measure this installation."""


@app.command()
def start(
    page: Annotated[str, typer.Argument(help="A page of the dashboard, such as results.")] = "",
    runs: Annotated[int, typer.Option(min=1, help="Starts to take the median of.")] = 3,
) -> None:
    """Time the dashboard's first page and weigh its server; exit code 1 if above the limits."""
    from core.bench.start import measure

    found = [measure(page) for _ in range(runs)]
    first = median(item.first_page for item in found)
    memory = median(item.memory for item in found)
    table = Table("Start of the dashboard", f"median of {runs}", "limit")
    table.add_row("server answers", f"{median(item.ready for item in found):.2f} s", "")
    table.add_row("first page sent", f"{first:.2f} s", f"{FIRST_PAGE:.1f} s")
    table.add_row(
        "the same to a second viewer", f"{median(item.next_page for item in found):.2f} s", ""
    )
    table.add_row("memory of the server", f"{memory / 1e6:.0f} MB", f"{MEMORY / 1e6:.0f} MB")
    Console().print(table)
    if first > FIRST_PAGE or memory > MEMORY:
        raise typer.Exit(1)
