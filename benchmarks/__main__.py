"""Entry point of `python -m benchmarks`."""

from benchmarks.commands import app
from core.cli import main

main(app=app)
