"""`python -m core data ...`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from PIL import Image
from rich.console import Console
from rich.table import Column, Table

from core import paths
from core.data import audit as auditing
from core.data import corruption_sheet, sources, store
from core.data.corruptions import KINDS, low_contrast
from core.data.fingerprint import REFERENCE, Reference
from core.data.importer import import_dataset
from core.data.matching import Placement
from core.data.summary import Audit, DatasetSummary, SplitSummary
from core.data.vocabularies import ORDERS
from core.files import atomic_write
from core.labels import CLASSES
from core.locks import locked
from core.progress import progress_bar
from core.roles import REPORT, SELECTION, TRAINING

app = typer.Typer(help="Import FER-2013 and look at what is in it.", no_args_is_help=True)

SHEET_CLASSES = [CLASSES.index(name) for name in ("happy", "surprise", "angry")]
"""Whose averaged faces the sheet of corruptions shows, at twice their contrast."""

AUDIT_COMMAND = "python -m core data audit"


@app.command("import")
def import_(
    path: Annotated[
        Path,
        typer.Argument(
            help="fer2013.csv or icml_face_data.csv (also .xz, .gz, .zip), fer2013.tar.gz, or "
            "Kaggle's folder or zip of train/<class>/*.jpg and test/<class>/*.jpg."
        ),
    ],
    votes: Annotated[
        Path | None,
        typer.Option(help="FER+ votes, joined by image name: fer2013new.csv."),
    ] = None,
    order: Annotated[
        str,
        typer.Option(help=f"What numbers mean as labels: {', '.join(ORDERS)}."),
    ] = "fer2013",
) -> None:
    """Read FER-2013, put it into the row order of fer2013.csv and keep it as one file."""
    if order not in ORDERS:
        raise typer.BadParameter(f"Expected one of {', '.join(ORDERS)}. Received: {order}.")
    console = Console(highlight=False)
    reference = Reference.read()
    with locked(paths.data()), progress_bar(console) as display:
        task = display.add_task("Reading", total=len(reference))
        imported = import_dataset(
            path,
            votes,
            reference,
            lambda done: display.update(task, completed=done),
            ORDERS[order],
        )
        target = store.save(imported.dataset)
    console.print(f"Imported {len(reference):,} images to {target}.", markup=False, soft_wrap=True)
    console.print(_in_words(imported.placement), soft_wrap=True)
    if imported.left_out:
        sentence = sources.left_out_sentence(imported.left_out).strip()
        console.print(sentence, markup=False, soft_wrap=True)
    if votes is None:
        console.print("No FER+ votes (--votes FILE adds them).")
    _print_report(console, auditing.counts(imported.dataset), auditing.audit(imported.dataset))


@app.command()
def audit() -> None:
    """Print what the imported dataset holds, and write results/dataset.json."""
    console = Console(highlight=False)
    summary = auditing.summarise(store.load(), AUDIT_COMMAND)
    target = paths.results() / "dataset.json"
    summary.write(target)
    _print_report(console, summary.splits, summary.audit)
    for crowd in summary.crowd:
        console.print(
            f"FER+ majority agrees with the label of {crowd.agreement:.1%} of {crowd.images:,} "
            f"{crowd.split} images."
        )
    console.print(f"Wrote {target}.", markup=False, soft_wrap=True)


@app.command()
def corruptions(
    target: Annotated[Path, typer.Argument(help="PNG file to write.")],
    images: Annotated[
        int, typer.Option(min=0, help="So many of PublicTest's first images, not averaged faces.")
    ] = 0,
) -> None:
    """Draw the robustness benchmark: each kind a row, faces as they are and at five strengths."""
    if images:
        split = store.load().split(SELECTION)
        faces, index = split.faces[:images], split.index[:images]
    else:
        averages = DatasetSummary.read(paths.results() / "dataset.json").per_class
        rng = np.random.default_rng(0)  # which contrast does not ask
        faces = np.stack([low_contrast(averages[i].face, -1, rng) for i in SHEET_CLASSES])
        index = np.asarray(SHEET_CLASSES)
    with atomic_write(target) as stream:
        Image.fromarray(corruption_sheet.sheet(faces, index)).save(stream, "PNG")
    Console().print(f"{', '.join(KINDS)}: from top to bottom.", soft_wrap=True, highlight=False)
    Console().print(f"Wrote {target}.", markup=False, soft_wrap=True)


@app.command(hidden=True)
def fingerprint(
    target: Annotated[Path, typer.Option(help="The file to write.")] = REFERENCE,
) -> None:
    """Write the fingerprints that a maintainer commits, from a dataset in the order of its CSV."""
    Reference.of(store.load()).write(target)
    Console().print(f"Wrote {target}.", markup=False, soft_wrap=True)


def _in_words(placement: Placement) -> str:
    total = len(placement.rows)
    left = total - placement.matched
    if placement.in_order:
        text = f"Already in the row order of fer2013.csv: {placement.matched:,} of {total:,} "
        text += "images have the fingerprint of their row"
        text += f", {left:,} another but keep their place." if left else "."
    else:
        text = f"Put into the row order of fer2013.csv: {placement.matched:,} of {total:,} "
        text += "images found their row by fingerprint"
        text += f", {left:,} took the rows left over, in order." if left else "."
    if placement.relabelled:
        text += f" {placement.relabelled:,} carry another label than the row is known with."
    return text


def _print_report(console: Console, splits: list[SplitSummary], found: Audit) -> None:
    table = Table("Class", *(Column(split.name, justify="right") for split in splits))
    for place, name in enumerate(CLASSES):
        table.add_row(name, *(_count(split.counts[place], split.known[place]) for split in splits))
    table.add_row("all", *(_count(split.images, sum(split.known)) for split in splits))
    console.print(table)
    off = [split.name for split in splits if not split.agrees]
    verdict = f"differ in {', '.join(off)}" if off else "as published, give or take a label"
    within = ", ".join(f"{name} {n:,}" for name, n in found.copies_within.items())
    blank = ", ".join(f"{name} {n:,}" for name, n in found.blank.items())
    public = found.shared_between(SELECTION, TRAINING)
    private = found.shared_between(REPORT, TRAINING)
    tests = found.shared_between(REPORT, SELECTION)
    report = (
        f"Images by class: {verdict}.",
        f"Exact copies: {found.copies:,} images repeat an earlier one, in {found.groups:,} groups.",
        f"Copies within a split: {within}.",
        f"Images of PublicTest that stand in Training too: {public:,}.",
        f"Images of PrivateTest that stand in Training too: {private:,}; in PublicTest: {tests:,}.",
        f"Images with another label than an equal one: {found.conflicting_images:,}, in "
        + f"{found.conflicting_groups:,} groups.",
        f"Blank images: {blank}.",
    )
    console.print("\n".join(report), soft_wrap=True)


def _count(images: int, published: int) -> str:
    return f"{images:,}" if images == published else f"{images:,} (published {published:,})"
