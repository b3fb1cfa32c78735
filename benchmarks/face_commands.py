"""`python -m benchmarks framing`, `crops`, `damage`: how faces are cropped, and what that costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Column, Table

from benchmarks.examined import Subject
from core import paths
from core.data import store
from core.faces.chip import GEOMETRY
from core.progress import progress_bar
from core.records import Made
from core.roles import REPORT, SELECTION, TRAINING

"""Where limits are read from, and where what came of all choices is measured."""

SEED = 0

app = typer.Typer()


@app.command()
def framing(
    images: Annotated[
        int, typer.Option(min=1, help="Training images to look at, drawn at random.")
    ] = 4000,
) -> None:
    """Measure how FER-2013 frames faces and write the crop to core/faces/geometry.json."""
    from benchmarks.framing import measure

    console = Console(highlight=False)
    faces = store.load().split(TRAINING).faces
    if images < len(faces):
        drawn = np.random.default_rng(SEED).choice(len(faces), images, replace=False)
        faces = faces[np.sort(drawn)]
    command = f"python -m benchmarks framing --images {len(faces)}"
    with _bar(console, "Detecting", len(faces)) as progress:
        geometry = measure(faces, command, progress)
    geometry.write(GEOMETRY)
    console.print(
        f"A face in {geometry.found:,} of {geometry.images:,} images. The crop's side is "
        f"{geometry.margin.scale:.3f} times the size of the box (half of the images: "
        f"{geometry.scale.p25:.3f} to {geometry.scale.p75:.3f}), its middle "
        f"{geometry.margin.right:+.3f} to the right and {geometry.margin.down:+.3f} down."
    )
    console.print(f"Wrote {GEOMETRY}.", markup=False, soft_wrap=True)


@app.command("small")
def small_faces(
    photos: Annotated[
        list[Path], typer.Argument(help="Photos with faces; those named no_face... have none.")
    ],
) -> None:
    """Count the small faces that are found in large photos, by one look and by two."""
    from benchmarks.small_faces import SHARES, OneLook, count
    from core.faces.detector import FaceDetector
    from core.faces.photo import decode, photo_to_chips

    console = Console(highlight=False)
    one, two = OneLook(), FaceDetector()
    pictures = []
    for path in photos:
        rgb = decode(path)
        faces = [] if path.name.startswith("no_face") else photo_to_chips(rgb, one).faces
        pictures.append((rgb, list(faces)))
    count(pictures[:1], two, 1.0)  # networks are compiled at their first picture
    table = Table(
        "Photo fills", "Faces", "One look", "Two", "False, one", "Two", "Time, two to one"
    )
    for share in SHARES:
        first, second = count(pictures, one, share), count(pictures, two, share)
        table.add_row(
            *(f"{share:.0%}", str(first.faces), str(first.found), str(second.found)),
            *(str(first.false), str(second.false), f"{second.seconds / first.seconds:.2f}"),
        )
    console.print(table)


@app.command()
def crops(
    model_id: Annotated[str, typer.Argument(metavar="MODEL", help="A folder of models/.")],
    images: Annotated[
        int | None, typer.Option(min=1, help="Only the first so many test images.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="As `classify --quick` looks.")] = False,
) -> None:
    """Compare a network on test chips with the same faces detected in larger pictures."""
    from benchmarks.crops import check

    console = Console(highlight=False)
    subject = _subject("crops", model_id, REPORT, images, " --quick" * quick)
    with _bar(console, "Detecting", len(subject.split.faces)) as progress:
        result = check(subject, progress, quick)
    target = paths.results() / ("crop_check_quick.json" if quick else "crop_check.json")
    result.write(target)
    console.print(
        f"The face was found in {result.found:,} of {result.images:,} pictures. There the "
        f"network is right on {result.chips_accuracy:.2%} of the chips and on "
        f"{result.crops_accuracy:.2%} of the crops: {result.loss:.2f} points lost. "
        f"{result.same_label:.1%} of the answers agree."
    )
    console.print(f"Wrote {target}.", markup=False, soft_wrap=True)


@app.command()
def damage(
    model_id: Annotated[str, typer.Argument(metavar="MODEL", help="A folder of models/.")],
    images: Annotated[
        int | None, typer.Option(min=1, help="Only the first so many test images.")
    ] = None,
) -> None:
    """Measure what dark, blurred, tiny, turned, tilted and cut-off faces cost a network."""
    from benchmarks.damage import check, steps

    console = Console(highlight=False)
    subject = _subject("damage", model_id, SELECTION, images)
    with _bar(console, "Spoiling", steps() * len(subject.split.faces)) as progress:
        result = check(subject, progress)
    target = paths.results() / "quality_check.json"
    result.write(target)
    table = Table(Column("Weakness", no_wrap=True), "measure", "images", "accuracy", "points lost")
    for name, curve in result.curves.items():
        for step in curve:
            lost = 100 * (result.accuracy - step.accuracy)
            values = (f"{step.value:g}", f"{step.images:,}", f"{step.accuracy:.2%}", f"{lost:.1f}")
            table.add_row(name, *values)
    console.print(table)
    console.print(f"{result.accuracy:.2%} on {result.images:,} images as they are.")
    console.print(f"Wrote {target}.", markup=False, soft_wrap=True)


def _subject(
    examination: str, model_id: str, name: str, images: int | None, option: str = ""
) -> Subject:
    """A network on the first images of a split's that show its classes."""
    from core.engine.engine import Engine

    engine = Engine(precision="f32")
    card = engine.card(model_id)
    split = store.load().split(name).only(card.classes)
    command = f"python -m benchmarks {examination} {model_id}{option}"
    return Subject(
        split=split.take(slice(images)),
        name=name,
        model=model_id,
        model_sha256=card.model_sha256,
        classify=lambda chips: engine.predict(model_id, chips, maps=False).probabilities,
        made=Made.now(
            command if images is None else f"{command} --images {images}",
            "opencv-python-headless",
            "openvino",
        ),
    )


@contextmanager
def _bar(console: Console, title: str, total: int) -> Iterator[Callable[[int], None]]:
    with progress_bar(console) as display:
        task = display.add_task(title, total=total)
        yield lambda done: display.update(task, completed=done)
