"""`python -m benchmarks ...`: measurements of this installation."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import face_commands
from core import paths
from core.errors import ModelError
from core.records import Document, Made
from core.roles import TRAINING
from core.speed import runs as speed
from core.speed.runs import ApiBench, BatchBench, ChipsBench, LiveBench, LoadBench

app = typer.Typer(
    name="python -m benchmarks",
    help="Measure this installation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
app.add_typer(face_commands.app)

FIRST_PAGE = 2.0
"""Seconds that the first page may take, from the command on."""

RERUN = 0.5
"""Seconds of server time that a rerun of any page may take."""

MEMORY = 250e6
"""Bytes that the server may hold then; small hosts give 690 MB for everything."""


def _save(found: Document, path: Path | None, console: Console) -> None:
    """Write what was measured as JSON, if a file is wanted."""
    if path is not None:
        found.write(path)
        console.print(f"Wrote {path}.", markup=False, soft_wrap=True)


def _keep(
    found: ChipsBench | BatchBench | LiveBench | ApiBench | LoadBench, console: Console
) -> None:
    """Add a run to `results/speed.json`."""
    path = paths.results() / speed.FILE
    speed.keep(found, path)
    console.print(f"Wrote {path}.", markup=False, soft_wrap=True)


@app.command()
def start(
    page: Annotated[str, typer.Argument(help="A page of the dashboard, such as results.")] = "",
    runs: Annotated[int, typer.Option(min=1, help="Starts to take the median of.")] = 3,
) -> None:
    """Time the dashboard's first page and weigh its server; exit code 1 if above the limits."""
    from benchmarks.start import measure

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


@app.command()
def pages(
    networks: Annotated[
        int,
        typer.Option(min=1, help="Networks to fill the pages with: copies of those in results/."),
    ] = 12,
    runs: Annotated[int, typer.Option(min=1, help="Reruns to take the median of.")] = 5,
) -> None:
    """Time a rerun of every page with many networks; exit code 1 if one is above the limit."""
    from benchmarks.pages import measure

    console = Console(highlight=False)
    with console.status("Rerunning the pages; leave the machine alone meanwhile."):
        found, memory = measure(networks, runs)
    table = Table("Page", "first run", f"rerun, median of {runs}", "of it processor")
    for item in sorted(found, key=lambda item: -item.processor):
        times = (item.first, item.rerun, item.processor)
        table.add_row(item.view, *(f"{seconds:.2f} s" for seconds in times))
    console.print(table)
    console.print(f"{networks} networks; limit {RERUN} s a rerun; server {memory / 1e6:.0f} MB")
    if max(item.rerun for item in found) > RERUN:
        raise typer.Exit(1)


@app.command()
def load(
    viewers: Annotated[int, typer.Option(min=1, help="At once.")] = 50,
    minutes: Annotated[float, typer.Option(min=0.1, help="For which they walk.")] = 10.0,
    browsers: Annotated[
        int, typer.Option(min=0, help="How many of them look through Chromium.")
    ] = 3,
    batch: Annotated[
        Path | None, typer.Option(help="A zip of photos that one more has read meanwhile.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the numbers as JSON too.")] = None,
    keep: Annotated[bool, typer.Option(help="Keep the run in results/speed.json.")] = True,
) -> None:
    """Let many viewers walk through all pages; exit code 1 if one error was met.

    The last run of each command stands in results/speed.json.
    """
    from benchmarks.load import measure, table

    command = f"python -m benchmarks load --viewers {viewers} --minutes {minutes:g}"
    command += f" --browsers {browsers}" + (" --batch ZIP" if batch else "")
    console = Console(highlight=False)
    with console.status("Starting; leave the machine alone meanwhile.") as status:
        found = measure(viewers, min(browsers, viewers), minutes, batch, command, status.update)
    console.print(table(found))
    if keep:
        _keep(found, console)
    _save(found, out, console)
    if found.errors:
        console.print(f"{found.errors} errors, the first: {found.error}", markup=False)
        raise typer.Exit(1)


@app.command()
def icons() -> None:
    """Draw the icons of the expressions anew: SVG files and the font of the pages."""
    from benchmarks.icons import write

    for path in write():
        Console().print(str(path), highlight=False, soft_wrap=True)


@app.command()
def tour(
    folder: Annotated[Path, typer.Argument(help="Where the pictures go.")] = Path("tour"),
    whole: Annotated[bool, typer.Option("--whole", help="Pages from top to bottom.")] = False,
    readme: Annotated[
        bool, typer.Option("--readme", help="Only the README's pictures, in docs/.")
    ] = False,
) -> None:
    """Draw every page: a desk's and a phone's width, dark and light, each language."""
    from benchmarks import tour as pictures

    drawn = pictures.readme(paths.ROOT / "docs") if readme else pictures.every_page(folder, whole)
    for path in drawn:
        Console().print(str(path), highlight=False, soft_wrap=True)


@app.command()
def latency(
    runs: Annotated[int, typer.Option(min=1, help="Runs to take the median of.")] = 50,
) -> None:
    """Time every network with one face and with a batch; writes results/latency.json."""
    from benchmarks.latency import measure
    from core.engine.catalogue import available_models
    from core.engine.engine import Engine

    cards = available_models()
    if not cards:
        raise ModelError(f"There is no network in {paths.models()}.")
    console = Console(highlight=False)
    with console.status("Timing the networks; leave the machine alone meanwhile."):
        found = measure(
            Engine(),
            cards,
            Made.now("python -m benchmarks latency", "openvino"),
            runs,
        )
    target = paths.results() / "latency.json"
    table = Table("Network", "one face", f"each of {found.batch}")
    for name, times in found.models.items():
        table.add_row(name, f"{times.single_ms:.1f} ms", f"{times.batch_ms:.1f} ms")
    console.print(table)
    console.print(f"{found.processor}, {found.threads} threads, {found.precision}", markup=False)
    _save(found, target, console)


@app.command()
def chips(
    model: Annotated[str, typer.Argument(help="A network in models/.")],
    out: Annotated[Path | None, typer.Option(help="Write the numbers as JSON too.")] = None,
) -> None:
    """Time chips: the engine against Keras's predict, OpenVINO alone, and many threads.

    The last two runs of each network on each processor stand in results/speed.json.
    """
    from benchmarks.chips import measure, table

    console = Console(highlight=False)
    with console.status("Timing the network; leave the machine alone meanwhile."):
        found = measure(model)
    console.print(table(found))
    _keep(found, console)
    _save(found, out, console)


@app.command()
def photos(
    folder: Annotated[Path, typer.Argument(help="Where to; is made if need be.")],
    count: Annotated[int, typer.Option(min=1, help="How many.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Of what is left to chance.")] = 0,
) -> None:
    """Make photos to measure with: one to three faces of the imported FER-2013 in each."""
    from benchmarks.photos import write_photos
    from core.data import store

    faces = store.load().split(TRAINING).faces
    placed = sum(write_photos(folder, faces, count, seed))
    Console(highlight=False).print(
        f"{count:,} photos with {placed:,} faces in {folder}.", markup=False, soft_wrap=True
    )


@app.command()
def batch(
    folder: Annotated[Path, typer.Argument(help="A folder of photos.")],
    model: Annotated[str, typer.Option(help="A network in models/.")],
    whole: Annotated[
        int,
        typer.Option(min=0, help="Photos for Keras on whole photos and for MTCNN; 0 leaves both."),
    ] = 40,
    fer_python: Annotated[
        Path | None, typer.Option(help="A Python with the package fer, to compare with.")
    ] = None,
    passes: Annotated[
        int, typer.Option(min=1, help="How often the folder goes through for the memory.")
    ] = 1,
    out: Annotated[Path | None, typer.Option(help="Write the numbers as JSON too.")] = None,
) -> None:
    """Time a folder: as classify does it, careful and quick, one by one, in Keras, and by fer.

    The last two runs of each network on each processor stand in results/speed.json.
    """
    from benchmarks.batch import measure, tables

    console = Console(highlight=False)
    with console.status("Timing the folder; leave the machine alone meanwhile."):
        found = measure(folder, model, whole, fer_python, passes)
    for table in tables(found):
        console.print(table)
    _keep(found, console)
    _save(found, out, console)


@app.command()
def live(
    model: Annotated[str, typer.Option(help="A network in models/.")],
    minutes: Annotated[float, typer.Option(min=0.1, help="For which the camera runs.")] = 1.0,
    streams: Annotated[int, typer.Option(min=1, help="Cameras at once.")] = 1,
    rate: Annotated[int, typer.Option(help="Frames a second asked of a camera: 5 to 30.")] = 30,
    delay: Annotated[
        float,
        typer.Option(min=0, help="Milliseconds that the network takes in each direction; root."),
    ] = 0.0,
    connects: Annotated[int, typer.Option(min=0, help="Starts and stops after that.")] = 0,
    photos: Annotated[
        Path | None, typer.Option(help="A folder of photos for the camera to show.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the numbers as JSON too.")] = None,
) -> None:
    """Run the live camera in Chromium: frames a second, latency, memory, threads.

    The last run of each command stands in results/speed.json. One in which a stream stood
    still does not: exit code 1.
    """
    from benchmarks.live import measure, tables

    console = Console(highlight=False)
    with console.status("Starting; leave the machine alone meanwhile.") as status:
        found = measure(model, minutes, streams, rate, delay, connects, photos, status.update)
    for table in tables(found):
        console.print(table)
    _save(found, out, console)
    if found.lost is not None:
        raise typer.Exit(1)
    _keep(found, console)


@app.command()
def api(
    folder: Annotated[Path, typer.Argument(help="A folder of photos.")],
    model: Annotated[str, typer.Option(help="A network in models/.")],
    clients: Annotated[int, typer.Option(min=1, help="That ask at once.")] = 16,
    minutes: Annotated[float, typer.Option(min=0, help="Of further requests, for memory.")] = 0,
    attacks: Annotated[int, typer.Option(min=0, help="Hostile requests at the end.")] = 1000,
) -> None:
    """Time the API against the same folder as classify reads it, then send hostile requests.

    The last two runs of each network on each processor stand in results/speed.json.
    """
    from benchmarks.api import measure, table

    console = Console(highlight=False)
    with console.status("Starting; leave the machine alone meanwhile.") as status:
        found = measure(folder, model, clients, minutes, attacks, status.update)
    console.print(table(found))
    _keep(found, console)
