"""Damaged files: a seeded mutator, and how many inputs a test tries.

FER_FUZZ in the environment names another number, for a longer search.
"""

from __future__ import annotations

import io
import json
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

INPUTS = 10_000
SECONDS = 10.0
"""Of the processor, for one input: anything above counts as a hang."""


def count() -> int:
    """How many inputs to try."""
    return int(os.environ.get("FER_FUZZ", INPUTS))


def mutated(corpus: Sequence[bytes], number: int, seed: int = 0) -> Iterator[bytes]:
    """Files made of those in the corpus by up to three changes each."""
    generator = random.Random(seed)
    for _turn in range(number):
        content = bytearray(generator.choice(corpus))
        for _change in range(generator.randint(1, 3)):
            if content:
                generator.choice(CHANGES)(content, generator, corpus)
        yield bytes(content)


def survives(
    inputs: Iterator[bytes], work: Callable[[bytes], object], allowed: type[Exception]
) -> tuple[int, int]:
    """How many inputs were taken and how many refused with `allowed`.

    Raises:
        AssertionError: naming the first input that raises anything else or takes too long.
    """
    taken = refused = 0
    for number, content in enumerate(inputs):
        since = time.process_time()
        where = f"input {number} ({len(content)} bytes)"
        sentence = "taken"
        try:
            work(content)
            taken += 1
        except allowed as reason:
            sentence = str(reason)
            refused += 1
        except Exception as reason:
            raise AssertionError(f"{where}: {reason!r}") from reason
        spent = time.process_time() - since
        assert sentence, f"{where}: an error without a word"
        assert spent < SECONDS, f"{where} took {spent:.0f} s"
    return taken, refused


def _flip(content: bytearray, generator: random.Random, corpus: Sequence[bytes]) -> None:
    for _bit in range(generator.choice((1, 2, 8, 32))):
        content[generator.randrange(len(content))] ^= 1 << generator.randrange(8)


def _flip_header(content: bytearray, generator: random.Random, corpus: Sequence[bytes]) -> None:
    place = generator.randrange(min(64, len(content)))
    content[place] = generator.randrange(256)


def _truncate(content: bytearray, generator: random.Random, corpus: Sequence[bytes]) -> None:
    del content[generator.randrange(len(content)) :]


def _remove(content: bytearray, generator: random.Random, corpus: Sequence[bytes]) -> None:
    start = generator.randrange(len(content))
    del content[start : start + generator.randint(1, 64)]


def _insert(content: bytearray, generator: random.Random, corpus: Sequence[bytes]) -> None:
    start = generator.randrange(len(content))
    content[start:start] = generator.randbytes(generator.randint(1, 64))


def _repeat(content: bytearray, generator: random.Random, corpus: Sequence[bytes]) -> None:
    start = generator.randrange(len(content))
    content[start:start] = content[start : start + generator.randint(1, 256)]


def _extreme(content: bytearray, generator: random.Random, corpus: Sequence[bytes]) -> None:
    """A number of two, four or eight bytes becomes the least or greatest of its kind."""
    start = generator.randrange(len(content))
    value = generator.choice((b"\0\0", b"\xff\xff", b"\x7f\xff", b"\xff\x7f", b"\x00\x01"))
    content[start : start + 2] = value * generator.choice((1, 2, 4))


def _splice(content: bytearray, generator: random.Random, corpus: Sequence[bytes]) -> None:
    other = generator.choice(corpus)
    content[generator.randrange(len(content)) :] = other[generator.randrange(len(other)) :]


def _swap_header(content: bytearray, generator: random.Random, corpus: Sequence[bytes]) -> None:
    length = generator.choice((4, 12, 32, 128))
    content[:length] = generator.choice(corpus)[:length]


CHANGES = (
    *(_flip, _flip_header, _truncate, _remove, _insert),
    *(_repeat, _extreme, _splice, _swap_header),
)


ODD_VALUES: tuple[Any, ...] = (
    *(None, True, -1, 0, 10**18, 1e30, -0.5, 1e-320, float("inf"), float("nan")),
    *("", " ", "\ud800", "\x1b[2J", "x" * 5000, [], [[]], {}, {"": None}, [None], "0", "../../x"),
)


def odd_json(content: bytes, generator: random.Random) -> bytes:
    """A JSON file whose form holds, and one or two of whose values do not."""
    value = json.loads(content)
    for _change in range(generator.randint(1, 2)):
        places = list(_places(value))
        above, key = generator.choice(places)
        what = generator.random()
        if what < 0.15:
            del above[key]
        elif what < 0.25 and isinstance(above, list):
            above.append(above[key])
        else:
            above[key] = generator.choice(ODD_VALUES)
    text = json.dumps(value)
    if generator.random() < 0.05:
        text = text.replace(": 0", ": " + "9" * 5000, 1)
    elif generator.random() < 0.05:
        text = "[" * 100_000
    return text.encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in nested lists and objects: what holds it, and its key."""
    keys = value if isinstance(value, dict) else range(len(value))
    for key in list(keys):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def odd_arrays(content: bytes, generator: random.Random) -> bytes:
    """An `.npz` file that reads well, and one of whose arrays is another than it should be."""
    with np.load(io.BytesIO(content)) as archive:
        arrays = {name: archive[name] for name in archive.files}
    name = generator.choice(list(arrays))
    array = arrays[name]
    changes: list[Callable[[], np.ndarray]] = [
        lambda: array[: len(array) // 2] if array.ndim else array,
        lambda: np.concatenate([array, array]) if array.ndim else array,
        lambda: array[..., None],
        lambda: array.reshape(-1),
        lambda: array.astype("U8"),
        lambda: array.astype(np.float64) if array.dtype.kind != "U" else array,
        lambda: np.full_like(array, -1) if array.dtype.kind in "if" else np.zeros_like(array),
        lambda: np.full(array.shape, np.nan),
        lambda: np.full(array.shape, 200, np.uint8),
        lambda: np.full(array.shape, 2**40),
        lambda: np.array(3),
        lambda: np.zeros((0, *array.shape[1:]), array.dtype),
        lambda: array.astype(complex) if array.dtype.kind != "U" else array,
        lambda: np.array(["2026-01-01"], "M8[D]"),
    ]
    if generator.random() < 0.15:
        del arrays[name]
    else:
        arrays[name] = generator.choice(changes)()
    if generator.random() < 0.1:
        arrays["strange"] = np.arange(3)
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()
