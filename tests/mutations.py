"""Damaged files: a seeded mutator, and how many inputs a test tries.

FER_FUZZ in the environment names another number, for a longer search.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence

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
