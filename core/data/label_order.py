"""Whether the labels of a dataset are in FER-2013's order, by images whose label is known."""

from __future__ import annotations

import numpy as np

from core.data.vocabularies import ORDERS, Order
from core.errors import DataError
from core.labels import CLASSES

MOST_RELABELLED = 0.02
"""Share of known images that may carry another label: copies differ in single images, another
order of the classes changes many."""

BY_DEFAULT = ORDERS["fer2013"]


def label_of(number: int, order: Order) -> int | None:
    """The label, 0 to 6 in the order of `CLASSES`, of a number; None where it names no class."""
    name = order.class_of(number)
    return CLASSES.index(name) if name in CLASSES else None


def likely_order(labels: np.ndarray, known: np.ndarray) -> Order | None:
    """The order in which labels are nearly all those that are known; None without one.

    Args:
        labels: uint8 (n,), 0 to 6, as they come out if they are taken for FER-2013's.
        known: uint8 (n,), of the same images, in the order of `CLASSES`.
    """
    for order in ORDERS.values():
        start = order.start
        places = [label_of(start + number, order) for number in range(len(CLASSES))]
        read = np.array([-1 if place is None else place for place in places])[labels]
        if (read != known).mean() <= MOST_RELABELLED:
            return order
    return None


def check(source: object, labels: np.ndarray, known: np.ndarray) -> None:
    """Compare the labels of known images with what is known.

    Args:
        source: what errors call it.
        labels: uint8 (n,), as the source has them.
        known: uint8 (n,), as FER-2013 has them.

    Raises:
        DataError: naming the likely order, where too many differ.
    """
    other = int((labels != known).sum())
    if other <= MOST_RELABELLED * len(labels):
        return
    text = f"{source}: {other:,} of {len(labels):,} images carry another label than in FER-2013."
    order = likely_order(labels, known)
    if order is None:
        raise DataError(
            f"{text} Expected {BY_DEFAULT.described}. If this is a relabelled copy, import the "
            "original, and FER+'s votes with --votes."
        )
    raise DataError(
        f"{text} Their numbers are most likely in {order.described}. If so, import with --order "
        f"{order.id}."
    )
