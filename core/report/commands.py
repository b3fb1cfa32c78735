"""`python -m core report`: what stands in results/, told in a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from core import paths
from core.errors import FerLabError
from core.locks import locked
from core.text import LANGUAGES

app = typer.Typer()


@app.command()
def report(
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write one self-contained web page.")
    ] = None,
    pdf: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write a PDF.")] = None,
    lang: Annotated[
        str, typer.Option(metavar="CODE", help=f"Language of both: {', '.join(LANGUAGES)}.")
    ] = "en",
) -> None:
    """Write README.md and ensemble.json in results/ from the networks' results."""
    if lang not in LANGUAGES:
        raise FerLabError(f"Expected a language among {', '.join(LANGUAGES)}. Received: {lang}.")
    from core.report import build

    console = Console(soft_wrap=True, highlight=False)
    files: dict[Path, Callable[[], bytes | None]] = {
        paths.results() / "README.md": build.readme,
        paths.results() / build.ENSEMBLE: build.ensemble,
    }
    if html:
        files[html] = partial(build.page, lang)
    if pdf:
        files[pdf] = partial(build.paper, lang)
    with locked(paths.results() / "README.md"):
        for path, content in files.items():
            console.print(f"{path}: {build.write(path, content())}", markup=False)
