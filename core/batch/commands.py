"""`python -m core classify`: every face of any number of pictures, as a table."""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO, Annotated

import typer
from rich.console import Console

from core import paths as folders
from core.batch.kinds import accepted, left_out_sentence, suffix
from core.engine.catalogue import available_models, default_network
from core.errors import ModelError, ResultsError
from core.files import shown
from core.progress import progress_bar

app = typer.Typer()

NAMED = 5
"""Files that are named where something is to be known of several."""

SETS = (80, 90, 95)
"""Stated coverages of sets of answers, in percent."""


@app.command()
def classify(
    paths: Annotated[
        list[str],
        typer.Argument(
            help="Files, folders, patterns, zip archives, videos; - reads a list, one a line."
        ),
    ],
    model: Annotated[
        list[str] | None,
        typer.Option(
            help="A network in models/; may be repeated. The small, quick one by default."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="CSV file. What it holds already is not done again.")
    ] = None,
    json_lines: Annotated[
        bool, typer.Option("--json-lines", help="One JSON object a row to standard output.")
    ] = False,
    every: Annotated[
        float, typer.Option(min=0.01, help="Seconds between the looked-at frames of a video.")
    ] = 1.0,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help="Look for faces in a small copy, and closer only where that leaves a doubt.",
        ),
    ] = False,
    sets: Annotated[
        int | None,
        typer.Option(
            help="Write for each face the expressions that hold the right one in so many of 100 "
            "faces like those of FER-2013: 80, 90 or 95."
        ),
    ] = None,
    crops: Annotated[
        bool,
        typer.Option("--crops", help="The pictures are face crops already: take them as they are."),
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Threads that decode and detect; one more than cores.")
    ] = None,
) -> None:
    """Name the expression of every face.

    Exit code 1 if a file could not be used, 2 if there was nothing to do.
    """
    if out is None and not json_lines:
        raise typer.BadParameter("Name a file with --out, or say --json-lines.")
    if sets not in (None, *SETS):
        raise typer.BadParameter(f"--sets: expected 80, 90 or 95. Received: {sets}.")
    with _quiet_libraries():
        totals = _run(paths, _networks(model), out, json_lines, every, quick, crops, workers, sets)
    console = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
    if totals.left_out:
        console.print(left_out_sentence(totals.left_out))
    if not totals.pictures:
        console.print(f"Nothing to classify. {accepted()}")
        raise typer.Exit(2)
    kinds = ", ".join(
        f"{count:,} {end or 'without an ending'}" for end, count in totals.endings.most_common(12)
    )
    console.print(
        f"{totals.pictures:,} pictures, {totals.faces:,} faces, {totals.failed:,} with an error"
        + (f" ({kinds})." if kinds else ".")
    )
    from core.faces.quality import remark

    for code, names in sorted(totals.notes.items()):
        more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
        console.print(f"{remark(code).capitalize()}: {', '.join(names[:NAMED])}{more}.")
    if totals.proposal:
        console.print(totals.proposal)
    if totals.failed:
        raise typer.Exit(1)


@contextmanager
def _quiet_libraries() -> Iterator[None]:
    """Within it, decoders written in C say nothing on the terminal.

    Their remarks name an address in memory and no file. What matters of them stands in the
    row of the picture.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's, on damaged tags
        try:
            kept = os.dup(2)
        except OSError:  # no terminal at all
            yield
            return
        spoken = sys.stderr
        nothing = os.open(os.devnull, os.O_WRONLY)
        try:
            if _is_standard_error(spoken):
                sys.stderr = os.fdopen(
                    os.dup(kept), "w", buffering=1, encoding=spoken.encoding, errors=spoken.errors
                )
            os.dup2(nothing, 2)
            yield
        finally:
            os.dup2(kept, 2)
            if sys.stderr is not spoken:
                sys.stderr.close()
                sys.stderr = spoken
            os.close(kept)
            os.close(nothing)


def _is_standard_error(stream: IO[str]) -> bool:
    try:
        return stream.fileno() == 2
    except (OSError, ValueError):  # a stand-in of a test
        return False


def _networks(named: list[str] | None) -> list[str]:
    """The networks that a command names, each once, or the default one.

    Raises:
        ModelError: if none is named and there is none.
    """
    if named:
        return list(dict.fromkeys(named))
    cards = available_models()
    if not cards:
        raise ModelError(f"No network in {folders.models()}.")
    return [default_network(cards).id]


@dataclass
class _Totals:
    """Totals of a run.

    Attributes:
        pictures: in the output.
        failed: of these with an error.
        faces: found in this run.
        endings: of the files that failed in this run.
        left_out: number of other files by ending.
        notes: names of the files of this run that were read with a note, by note.
        proposal: a sentence on what may suit these pictures better; empty without.
    """

    pictures: int = 0
    failed: int = 0
    faces: int = 0
    endings: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    notes: dict[str, list[str]] = field(default_factory=dict)
    proposal: str = ""


def _run(
    arguments: list[str],
    models: list[str],
    out: Path | None,
    lines: bool,
    every: float,
    quick: bool,
    crops: bool,
    workers: int | None,
    sets: int | None,
) -> _Totals:
    import cv2

    from core.batch.pipeline import CROP, Pipeline, steps
    from core.batch.sinks import CsvSink, JsonLines, Sink
    from core.batch.sources import given, items, wanted
    from core.engine.engine import Engine
    from core.evaluation.trust import trust_in
    from core.faces.photo import Note
    from core.rows import all_classes

    # One thread a picture: as many pictures at once as there are cores use them better.
    cv2.setNumThreads(1)
    engine = Engine(keep=len(models))
    cards = [engine.card(name) for name in models]
    if not cards:
        raise ModelError("Expected at least one network. Received none.")
    classes = all_classes(cards)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    named = _named(arguments)
    trust = {card.id: trust_in(card) for card in cards}
    level = sets / 100 if sets else None
    if level and (lacking := [name for name, known in trust.items() if not known.rule(level)]):
        raise ResultsError(
            f"--sets: {', '.join(lacking)}: no predictions to calibrate sets on. Write them with: "
            "python -m core evaluate ID."
        )
    pipeline = Pipeline(
        cards,
        engine.predict,
        every=every,
        quick=quick,
        crops=crops,
        workers=workers,
        trust=trust,
        level=level,
    )
    totals = _Totals()
    with ExitStack() as stack:
        sinks: list[Sink] = []
        held = set()
        file = None
        if out is not None:
            asked = {card.id: card.model_sha256 for card in cards}
            file = stack.enter_context(CsvSink(out, classes, asked))
            sinks.append(file)
            changed = file.forget_changed(_place_of)
            for name in changed:
                console.print(
                    f"{shown(name)}: another file than before, looked at again.", markup=False
                )
            held = file.done
            totals.pictures, totals.failed = len(file.done), file.failed
            if file.renumbered:
                console.print(f"{out}: its faces, numbered from 0, are numbered from 1 now.")
        if lines:
            if isinstance(sys.stdout, io.TextIOWrapper):
                sys.stdout.reconfigure(encoding="utf-8")  # as JSON is, whatever the system's is
            sinks.append(stack.enter_context(JsonLines(sys.stdout, classes)))
        total = None if "-" in arguments else steps(items(given(named)), every)
        display = stack.enter_context(progress_bar(Console(stderr=True)))
        task = display.add_task("Classifying", total=total, completed=len(held))
        for outcome in pipeline.run(wanted(items(given(named)), totals.left_out), held):
            for sink in sinks:
                sink.write(outcome.rows)
            totals.pictures += 1
            totals.failed += outcome.failed
            if outcome.failed:
                totals.endings[suffix(outcome.key[0])] += 1
            for code in set(outcome.rows[0].warning.split("; ")) & set(Note):
                totals.notes.setdefault(code, []).append(outcome.key[0])
            totals.faces += len({row.face for row in outcome.rows if row.face is not None})
            display.advance(task)
        if not crops and (size := pipeline.one_size) and totals.pictures > 1 and max(size) < CROP:
            totals.proposal = (
                f"All pictures have {size[0]} x {size[1]} pixels. If they are face crops already, "
                "--crops takes them as they are."
            )
        if file is not None and file.tail is not None:
            totals.pictures += 1
            totals.failed += file.tail.failed
    return totals


def _place_of(name: str) -> Path | None:
    """Where a file of a table lies; None for what an archive holds or is there no more."""
    path = Path(name)
    return path if path.is_file() else None


def _named(arguments: list[str]) -> Iterable[str]:
    """The arguments with `-` replaced by the lines of standard input, read as they come."""
    if "-" not in arguments:
        return arguments
    return chain.from_iterable(_lines() if name == "-" else [name] for name in arguments)


def _lines() -> Iterator[str]:
    if isinstance(sys.stdin, io.TextIOWrapper):
        # Names of files may hold bytes that are no text; Python's own form for these.
        sys.stdin.reconfigure(errors="surrogateescape")
    for place, line in enumerate(sys.stdin):
        # Editors put a byte-order mark in front, which no name begins with.
        text = line.removeprefix("\ufeff").removeprefix("\udcef\udcbb\udcbf") if not place else line
        if name := text.rstrip("\r\n"):
            yield name
