"""Which classes the numbers in somebody's file stand for: compared with what is known.

Every dataset and library numbers the expressions in its own way, and a file that is read in
the wrong one looks like a bad network. So FER-2013's order is taken where something shows it
or nothing speaks against it, and said; where another is likelier, the viewer is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr

from core.data.vocabularies import ORDERS, Order, fitting
from core.errors import ResultsError
from core.labels import CLASSES
from core.text import _, number, percent

DOUBT = 0.005
"""Chance below which an order that makes more answers right is taken for the likelier one:
McNemar's exact test between FER-2013's order and the other."""

LEAST_RIGHT = 0.3
"""Share of right answers that the likelier order must give."""


class OrderError(ResultsError):
    """Numbers that most likely stand in another order than FER-2013's.

    Args:
        message: for the viewer.
        likely: id of the order to confirm, a key of `ORDERS`.
    """

    def __init__(self, message: str, likely: str) -> None:
        super().__init__(message)
        self.likely = likely


@dataclass(frozen=True)
class Reading:
    """An order of classes and a sentence on why, empty where the file shows it."""

    order: Order
    note: str = ""

    def places(self, numbers: np.ndarray) -> np.ndarray:
        """Positions in `CLASSES`, int64 (n,), of class numbers; -1 for contempt."""
        return _places(self.order, numbers)


def choose(
    numbers: Collection[int],
    asked: str | None = None,
    proves: Callable[[Order], str] = lambda order: "",
    answers: tuple[np.ndarray, np.ndarray] | None = None,
) -> Reading:
    """Decide what class numbers mean.

    Args:
        numbers: all that occur.
        asked: id of the order that the viewer chose; it is taken without a question.
        proves: what shows that an order is the right one, such as the name of a split whose
            supports it gives; empty where nothing does.
        answers: classes that are known, positions in `CLASSES` int64 (n,), and the numbers
            int64 (n,) that stand for the same images, where one of labels and predictions
            has names and the other numbers.

    Raises:
        OrderError: naming the likely order, where it is not FER-2013's.
        ResultsError: where the numbers fit no order.
    """
    fits = fitting(numbers)
    if asked is not None:
        if ORDERS[asked] not in fits:
            raise ResultsError(
                _("These numbers do not fit {order}. Received: {numbers}.").format(
                    order=ORDERS[asked].described, numbers=_listed(numbers)
                )
            )
        return Reading(
            ORDERS[asked], _("Numbers were read in {order}.").format(order=ORDERS[asked].described)
        )
    if not fits:
        raise ResultsError(
            _("Expected class numbers 0 to 6 or class names. Received: {numbers}.").format(
                numbers=_listed(numbers)
            )
        )
    default = ORDERS["fer2013"]
    shown = [(order, why) for order in fits if (why := proves(order))]
    if any(order is default for order, _why in shown):
        return Reading(default)
    if shown:
        order, why = shown[0]
        raise OrderError(
            _("The numbers are not in FER-2013's order: {why} in {order}.").format(
                why=why, order=order.described
            ),
            order.id,
        )
    if answers is not None:
        _check_answers(default, fits, *answers)
    if default not in fits:
        raise OrderError(
            _(
                "The numbers {numbers} are not FER-2013's, which go from 0 to 6. Most likely they "
                "stand in {order}."
            ).format(numbers=_listed(numbers), order=fits[0].described),
            fits[0].id,
        )
    if answers is not None:
        return Reading(default)
    return Reading(
        default,
        _("Nothing in the file says what its numbers mean: they were read as {order}.").format(
            order=default.described
        ),
    )


def _check_answers(
    default: Order, fits: list[Order], known: np.ndarray, numbers: np.ndarray
) -> None:
    """Raise `OrderError` where another order makes clearly more answers right."""
    base = np.zeros(len(known), bool)
    if default in fits:
        base = _places(default, numbers) == known
    best: tuple[int, Order] | None = None
    for order in fits:
        right = _places(order, numbers) == known
        gained, lost = int((right & ~base).sum()), int((base & ~right).sum())
        if right.mean() < LEAST_RIGHT or gained <= lost:
            continue
        # The exact two-sided sign test (McNemar's): fewer are lost than gained, see above.
        p_value = 2 * bdtr(lost, gained + lost, 0.5)
        if p_value < DOUBT and (best is None or right.sum() > best[0]):
            best = (int(right.sum()), order)
    if best is not None:
        count, order = best
        raise OrderError(
            _(
                "The numbers are not in FER-2013's order: {share} of the answers would be right, "
                "but {likely} in {order}."
            ).format(
                share=percent(float(base.mean()), 0),
                likely=percent(count / len(known), 0),
                order=order.described,
            ),
            order.id,
        )
    _check_any_order(base, known, numbers)


def _check_any_order(base: np.ndarray, known: np.ndarray, numbers: np.ndarray) -> None:
    """Raise `ResultsError` where some order that has no name is far better than the one taken."""
    # Here, since pages read the other functions and scipy.optimize takes 45 MB.
    from scipy.optimize import linear_sum_assignment

    counts = np.zeros((len(CLASSES) + 1, int(numbers.max()) + 1), int)
    np.add.at(counts, (known, numbers), 1)
    rows, columns = linear_sum_assignment(-counts[: len(CLASSES)])
    right = int(counts[rows, columns].sum())
    if right < 0.5 * len(known) or right < 2 * base.sum() or len(known) < 50:
        return
    pairs = sorted(zip(columns.tolist(), rows.tolist(), strict=True))
    raise ResultsError(
        _(
            "The numbers are not in FER-2013's order: {share} of the answers would be right. Most "
            "likely they mean {pairs} ({likely}). Name the classes in the file."
        ).format(
            share=percent(float(base.mean()), 0),
            pairs=", ".join(f"{column} {CLASSES[row]}" for column, row in pairs),
            likely=percent(right / len(known), 0),
        )
    )


def _places(order: Order, numbers: np.ndarray) -> np.ndarray:
    top = order.start + len(order.classes)
    table = np.full(max(top, int(numbers.max(initial=0)) + 1), -1)
    for value in range(order.start, top):
        name = order.class_of(value)
        table[value] = CLASSES.index(name) if name in CLASSES else -1
    return table[numbers]


def _listed(numbers: Collection[int]) -> str:
    found = sorted(set(numbers))
    if len(found) > 2 and found == list(range(found[0], found[-1] + 1)):
        return _("{first} to {last}").format(first=number(found[0]), last=number(found[-1]))
    more = ", …" if len(found) > 9 else ""
    return ", ".join(str(value) for value in found[:9]) + more
