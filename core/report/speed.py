"""Section of a report on speed: the last runs of the benches; nothing where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from core.report.blocks import Block, Heading, Paragraph, Table
from core.report.gather import Gathered, Row
from core.report.wording import NONE
from core.speed.runs import CLASSIFY, KERAS, QUICK, BatchBench, ChipsBench, LiveBench, LoadBench
from core.text import _, number

Bench = TypeVar("Bench", ChipsBench, BatchBench, LiveBench)


def blocks(found: Gathered) -> list[Block]:
    """Chips, folders and cameras, of the networks whose model file is the one that was timed."""
    if found.speed is None:
        return []
    chips = _on_each(_current(found.rows, found.speed.chips))
    batch = _on_each(_current(found.rows, found.speed.batch))
    live = _current(found.rows, found.speed.live)
    load = found.speed.load
    tables = [_chips(chips), _batch(batch), _live(live), _load(load)]
    tables = [table for table in tables if table.rows]
    if not tables:
        return []
    every: list[tuple[str, Sequence[ChipsBench | BatchBench | LiveBench]]] = []
    every += [*chips, *batch, *live]
    timed = [*(run for _title, runs in every for run in runs), *load]
    machines = {f"{run.processor}, {_cores(run.cores)}" for run in timed}
    about = _(
        "Ratios say how many times as fast the app is; the two ways of each took turns within "
        "one run. Where a cell has two values, they are of the last two runs on that processor. "
        "Measured on: {machines}."
    ).format(machines="; ".join(sorted(machines)))
    return [Heading(_("How fast they are")), Paragraph(about), *tables]


def _cores(count: int) -> str:
    return _("{count} cores").format(count=count)


def _current(
    rows: Iterable[Row], known: dict[str, list[Bench]]
) -> list[tuple[str, Sequence[Bench]]]:
    """Titles and runs; runs of a file that was replaced since are left out."""
    found: list[tuple[str, Sequence[Bench]]] = []
    for row in rows:
        digest = row.item.metrics.model_sha256
        runs = [run for run in known.get(row.item.id, []) if run.model_sha256 == digest]
        if runs:
            found.append((row.item.title, runs))
    return found


def _on_each(
    found: Sequence[tuple[str, Sequence[Bench]]],
) -> list[tuple[str, Sequence[Bench]]]:
    """The same with the runs on one processor at a time."""
    return [
        (title, [run for run in runs if run.processor == name])
        for title, runs in found
        for name in dict.fromkeys(run.processor for run in runs)
    ]


def _cell(runs: Sequence[Bench], value: Callable[[Bench], float | None], decimals: int = 0) -> str:
    return _together((value(run) for run in runs), decimals)


def _together(values: Iterable[float | None], decimals: int = 0) -> str:
    return " / ".join(NONE if item is None else number(item, decimals) for item in values)


def _chips(found: Sequence[tuple[str, Sequence[ChipsBench]]]) -> Table:
    rows = [
        [
            title,
            _machine(runs),
            _cell(runs, lambda run: run.keras.ratio if run.keras else None),
            _cell(runs, lambda run: run.openvino.ratio, 2),
            _cell(runs, lambda run: run.openvino.ours_ms, 2),
            _cell(runs, lambda run: run.crowd.ratio, 2),
            _cell(runs, lambda run: run.crowd.waits, 1),
        ]
        for title, runs in found
    ]
    header = [
        _("Network"),
        _("Processor"),
        _("One face, against Keras's predict"),
        _("32 faces, against OpenVINO alone"),
        _("Each of 32 (ms)"),
        _("16 threads, against one"),
        _("Their longest wait (medians)"),
    ]
    return Table(header, rows, _("Faces as chips: '{command}'.").format(command="benchmarks chips"))


def _batch(found: Sequence[tuple[str, Sequence[BatchBench]]]) -> Table:
    rows = [
        _folder(title, runs, ours)
        for title, runs in found
        for ours in (CLASSIFY, QUICK)
        if any(ours in run.ways for run in runs)
    ]
    header = [
        _("Network"),
        _("Processor"),
        _("Search for faces"),
        _("Photos a second"),
        _("Against whole photos in Keras"),
        _("Against fer"),
        _("Against fer with MTCNN"),
        _("Faces found"),
        _("Found by fer"),
        _("Memory (MB)"),
    ]
    photos = sorted({run.ways[CLASSIFY].photos for _title, runs in found for run in runs})
    note = _(
        "A folder of {photos} photos, from the files to the table: '{command}'. A quick search "
        "looks closer only where a small copy of a photo leaves a doubt. Whole photos go "
        "to the predict of a VGG16 at 224 pixels, without looking for faces. The package fer "
        "looks for them with OpenCV's cascade, unless it is asked to with MTCNN."
    ).format(photos=", ".join(map(number, photos)), command="benchmarks batch")
    return Table(header, rows, note)


def _folder(title: str, runs: Sequence[BatchBench], ours: str) -> list[str]:
    """The cells of one way of ours through a folder."""
    return [
        title,
        _machine(runs),
        _("careful") if ours == CLASSIFY else _("quick"),
        _cell(runs, lambda run: run.ways[ours].rate if ours in run.ways else None),
        _cell(runs, lambda run: _against(run, KERAS, ours), 1),
        _cell(runs, lambda run: _against(run, run.fer(), ours), 1),
        _cell(runs, lambda run: _against(run, run.fer("mtcnn"), ours), 1),
        _cell(runs, lambda run: _faces(run, ours)),
        _cell(runs, lambda run: _faces(run, run.fer())),
        _cell(runs, _memory if ours == CLASSIFY else lambda run: None),
    ]


def _machine(runs: Sequence[ChipsBench | BatchBench]) -> str:
    """Processor and arithmetic, of runs on one processor."""
    return ", ".join(filter(None, (runs[-1].processor, runs[-1].precision)))


def _faces(run: BatchBench, way: str | None) -> int | None:
    return run.ways[way].faces if way in run.ways else None


def _against(run: BatchBench, way: str | None, ours: str) -> float | None:
    return run.ratio(way, ours) if way in run.ways and ours in run.ways else None


def _memory(run: BatchBench) -> float | None:
    return max((step.memory_mb for step in run.passes), default=None)


def _live(found: Sequence[tuple[str, Sequence[LiveBench]]]) -> Table:
    rows = [
        [
            title,
            number(len(run.rates)),
            number(run.asked_rate),
            number(run.delay_ms),
            number(len(run.minutes)),
            _range([*run.rates, *(minute.rate for minute in run.minutes)], 1),
            _range([minute.screen_median for minute in run.minutes]),
            _range([minute.server_median for minute in run.minutes]),
            _together((run.memory_start_mb, run.memory_settled_mb, run.memory_end_mb)),
            f"{number(run.connects.growth_mb)} ({number(run.connects.count)})"
            if run.connects
            else NONE,
        ]
        for title, runs in found
        for run in sorted(runs, key=lambda run: (len(run.rates), run.delay_ms, len(run.minutes)))
    ]
    header = [
        _("Network"),
        _("Cameras"),
        _("Frames a second asked"),
        _("Delay of the network (ms)"),
        _("Minutes begun"),
        _("Frames a second"),
        _("Camera to screen (ms)"),
        _("At the server (ms)"),
        _("Memory (MB)"),
        _("Growth (MB)"),
    ]
    note = _(
        "The live camera, 640x480, with Chromium on the same machine: '{command}'. Frames are "
        "those of the slowest to the fastest minute and camera, times the medians of the quickest "
        "to the slowest minute, the delay is in each direction. Memory is the server's before the "
        "first camera, after two minutes and at the end; growth that from the third start and stop "
        "to the last, of how many."
    ).format(command="benchmarks live")
    return Table(header, rows, note)


def _load(runs: Sequence[LoadBench]) -> Table:
    rows = [
        [
            number(run.viewers),
            number(run.minutes, 0 if run.minutes >= 10 else 1),
            _("yes") if run.made.command.endswith("ZIP") else NONE,
            number(run.rate, 1),
            number(run.median, 2),
            number(run.p95, 2),
            number(run.errors),
            _together(
                weight.memory_mb if weight else None for weight in (run.start, run.settled, run.end)
            ),
            number(run.after.memory_mb),
            _together((run.start.threads, run.end.threads, run.after.threads)),
        ]
        for run in sorted(runs, key=lambda run: (run.viewers, run.minutes))
    ]
    header = [
        _("Viewers"),
        _("Minutes"),
        _("A batch meanwhile"),
        _("Page runs a second"),
        _("Median (s)"),
        _("95th percentile (s)"),
        _("Errors"),
        _("Memory (MB)"),
        _("Memory two minutes later (MB)"),
        _("Threads"),
    ]
    note = _(
        "Viewers who walk through all pages, on the server's own machine: '{command}'. Each looks "
        "at a page for 1 to 5 seconds and changes a choice now and then; a run ends with the "
        "page's last element. Memory is the server's before the first viewer, after two minutes "
        "and when they leave; threads before, when they leave and two minutes later."
    ).format(command="benchmarks load")
    return Table(header, rows, note)


def _range(values: Sequence[float | None], decimals: int = 0) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return NONE
    low, high = number(min(known), decimals), number(max(known), decimals)
    return low if low == high else f"{low} – {high}"
