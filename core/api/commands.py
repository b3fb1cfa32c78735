"""`python -m core api-key`."""

from __future__ import annotations

import typer
from rich.console import Console

app = typer.Typer()


@app.command("api-key")
def api_key(name: str = typer.Argument("", help="Whose key it is; shown in metrics.")) -> None:
    """Make a key for the API and print its entry for FER_API_KEYS; it is stored nowhere."""
    from core.api.keys import VARIABLE, new

    key, digest = new()
    entry = f"{name}={digest}" if name else digest
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"Key, for whoever asks: {key}", markup=False)
    console.print(f"Entry for {VARIABLE}, commas between several: {entry}", markup=False)
