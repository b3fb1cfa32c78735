"""Learning curves read in words: where the best epoch lies and whether the network overfits.

The accuracy that a history holds for training is measured while training: on altered
images, with dropout, with weights that change during the epoch. It understates what the
network knows of its training images, so a verdict on overfitting rests on the accuracy
measured afterwards on the unaltered training images where that is known, and on the
validation loss after its lowest point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.schema import Epoch, History
from core.text import _, ngettext, number, percent

SMALL_GAP, LARGE_GAP = 0.05, 0.15
"""Training minus validation accuracy: below the first little, above the second strong."""

SMALL_RISE, LARGE_RISE = 0.03, 0.15
"""Relative rise of the validation loss after its lowest point, likewise."""

Verdict = Literal["none", "mild", "strong"]


@dataclass(frozen=True)
class Curves:
    """The numbers of a history that its reading rests on.

    Attributes:
        chosen: the epoch whose weights were kept.
        last: the last epoch.
        lowest: the epoch with the lowest validation loss.
        gap: accuracy while training minus validation accuracy at the chosen epoch.
        rise: relative rise of the validation loss from its lowest epoch to the last.
        accuracy_change: validation accuracy at the last epoch minus that at `lowest`.
        clean_gap: accuracy on the unaltered training images minus validation accuracy at
            the chosen epoch; None where it was not measured.
        training_accuracy: on the unaltered training images, or None.
    """

    chosen: Epoch
    last: Epoch
    lowest: Epoch
    gap: float
    rise: float
    accuracy_change: float
    clean_gap: float | None
    training_accuracy: float | None

    @property
    def verdict(self) -> Verdict:
        """Degree of overfitting: the worse of gap and rise."""
        gap = self.gap if self.clean_gap is None else self.clean_gap
        if gap > LARGE_GAP or self.rise > LARGE_RISE:
            return "strong"
        if gap > SMALL_GAP or self.rise > SMALL_RISE:
            return "mild"
        return "none"

    @property
    def still_improving(self) -> bool:
        """Whether the last epoch is the best in accuracy and in loss."""
        return self.chosen.epoch == self.last.epoch == self.lowest.epoch


def curves(history: History, training_accuracy: float | None = None) -> Curves:
    """Extract the numbers.

    Args:
        history: the network's history.
        training_accuracy: accuracy on the unaltered training images, where measured.
    """
    chosen = history.epochs[history.best_epoch - 1]
    last = history.epochs[-1]
    lowest = min(history.epochs, key=lambda row: row.val_loss)
    return Curves(
        chosen=chosen,
        last=last,
        lowest=lowest,
        gap=chosen.accuracy - chosen.val_accuracy,
        rise=last.val_loss / lowest.val_loss - 1 if lowest.val_loss else 0.0,
        accuracy_change=last.val_accuracy - lowest.val_accuracy,
        clean_gap=None if training_accuracy is None else training_accuracy - chosen.val_accuracy,
        training_accuracy=training_accuracy,
    )


def headline(found: Curves) -> str:
    """The verdict as one sentence."""
    if found.verdict == "strong":
        return _("The network clearly overfits: it does far better on its training images.")
    if found.verdict == "mild":
        return _("The network overfits slightly: it does somewhat better on its training images.")
    if found.still_improving:
        return _("No overfitting yet: training ended while the network was still improving.")
    return _("Hardly any overfitting: training and validation stay close.")


def read(history: History, training_accuracy: float | None = None) -> list[str]:
    """The reading of a history: the verdict first, then the numbers it rests on.

    Args:
        history: the network's history.
        training_accuracy: accuracy on the unaltered training images, where measured
            (`Metrics.training_accuracy`).

    Returns:
        Three to four sentences in the language of the moment.
    """
    found = curves(history, training_accuracy)
    return [headline(found), _best(found), *_gap(found), _after(found)]


def _best(found: Curves) -> str:
    after = found.last.epoch - found.chosen.epoch
    if not after:
        return _(
            "The weights of the last epoch, {epoch}, were kept: validation accuracy {accuracy}."
        ).format(epoch=found.chosen.epoch, accuracy=percent(found.chosen.val_accuracy))
    return ngettext(
        "The weights of epoch {epoch} of {total} were kept: validation accuracy {accuracy}. "
        "{count} later epoch brought nothing better.",
        "The weights of epoch {epoch} of {total} were kept: validation accuracy {accuracy}. "
        "{count} later epochs brought nothing better.",
        after,
    ).format(
        epoch=found.chosen.epoch,
        total=found.last.epoch,
        accuracy=percent(found.chosen.val_accuracy),
        count=after,
    )


def _points(share: float) -> str:
    return number(100 * abs(share), 1)


def _gap(found: Curves) -> list[str]:
    seen = percent(found.chosen.accuracy)
    if found.clean_gap is not None and found.training_accuracy is not None:
        known = percent(found.training_accuracy)
        if found.clean_gap > 0:
            text = _(
                "On the unaltered training images it reaches {known}, {points} percentage points "
                "more than on validation. The {seen} of its curve is lower because it was "
                "measured while training, on altered images and with dropout where the recipe "
                "has them."
            )
        else:
            text = _(
                "On the unaltered training images it reaches {known}, {points} percentage points "
                "less than on validation. The {seen} of its curve was measured while training, "
                "on altered images and with dropout where the recipe has them."
            )
        return [text.format(known=known, points=_points(found.clean_gap), seen=seen)]
    if found.gap > 0:
        text = _(
            "While training it reached {seen} in that epoch, {points} percentage points more than "
            "on validation; on unaltered images without dropout the gap is usually larger still."
        )
    else:
        text = _(
            "While training it reached {seen} in that epoch, {points} percentage points less than "
            "on validation. That is no sign against overfitting: it was measured on altered "
            "images and with dropout where the recipe has them."
        )
    return [text.format(seen=seen, points=_points(found.gap))]


def _after(found: Curves) -> str:
    if found.lowest.epoch == found.last.epoch:
        return _("The validation loss was still falling at the end ({loss}).").format(
            loss=number(found.last.val_loss, 3)
        )
    if found.rise <= SMALL_RISE:
        return _(
            "The validation loss was lowest in epoch {epoch} ({low}) and stayed near it until the "
            "end ({end})."
        ).format(
            epoch=found.lowest.epoch,
            low=number(found.lowest.val_loss, 3),
            end=number(found.last.val_loss, 3),
        )
    if abs(found.accuracy_change) < 0.0005:
        text = _(
            "The validation loss was lowest in epoch {epoch} ({low}) and then rose by {rise} to "
            "{end} while accuracy stayed the same: the network became surer of its mistakes."
        )
    elif found.accuracy_change > 0:
        text = _(
            "The validation loss was lowest in epoch {epoch} ({low}) and then rose by {rise} to "
            "{end} although accuracy still gained {points} percentage points: the network became "
            "surer of its mistakes."
        )
    else:
        text = _(
            "The validation loss was lowest in epoch {epoch} ({low}) and then rose by {rise} to "
            "{end}, and accuracy lost {points} percentage points: more training only taught it "
            "the training images."
        )
    return text.format(
        epoch=found.lowest.epoch,
        low=number(found.lowest.val_loss, 3),
        rise=percent(found.rise, 0),
        end=number(found.last.val_loss, 3),
        points=_points(found.accuracy_change),
    )
