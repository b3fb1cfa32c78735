"""What may be wrong with a face: noisy, dark, blurred, tiny, turned, tilted or cut off.

A limit lies where `cnn_48` loses about five points of accuracy on PublicTest.
`python -m benchmarks damage cnn_48` measures the curves that they were read from and
writes them to `results/quality_check.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.data import measures
from core.faces.cutout import on_chip, outside, square_side
from core.faces.detector import Face
from core.faces.photo import Note
from core.text import _, number, percent

DARK = 50.0
"""Least mean grey level. Images with less light lose 5.7 points here, for want of contrast."""

BLURRED = 0.32
"""Least sharpness. 3.7 points are lost at 0.33 and 6.4 at 0.29; images of FER-2013 have 0.4
and more."""

NOISY = 6.0
"""Largest noise in grey levels. One image of FER-2013 in fifty has more; with noise of 5 added,
half of them do, and `cnn_48` loses 10 points on PrivateTest (`results/cnn_48/robustness.json`)."""

OVEREXPOSED = 0.25
"""Largest share of white pixels, which one image of FER-2013 in a hundred exceeds; 5.2 points are
lost where half of them do."""

TINY = 28.0
"""Least side in pixels of the photo, where 4.7 points are lost."""

TURNED = 0.2
"""Largest yaw either way. Beyond it, on 517 images as they are, accuracy is 57%; it is 63%
from 0.1 to 0.2 and 70% below."""

TILTED = 22.0
"""Largest roll in degrees either way. 4.1 points are lost at 20 and 6.9 at 25."""

CUT = 0.17
"""Largest share beyond the photo. 5.2 points are lost where it is below the face and takes
part of the mouth; at the other edges little more than one."""


class Weakness(StrEnum):
    """A reason to doubt what a network says of a chip."""

    NOISY = "noisy"
    DARK = "dark"
    OVEREXPOSED = "overexposed"
    BLURRED = "blurred"
    TINY = "tiny"
    TURNED = "turned"
    TILTED = "tilted"
    CUT = "cut"

    @property
    def word(self) -> str:
        """Its name for readers."""
        return {
            Weakness.NOISY: _("noisy"),
            Weakness.DARK: _("dark"),
            Weakness.OVEREXPOSED: _("overexposed"),
            Weakness.BLURRED: _("blurred"),
            Weakness.TINY: _("tiny"),
            Weakness.TURNED: _("turned"),
            Weakness.TILTED: _("tilted"),
            Weakness.CUT: _("cut off"),
        }[self]


def remark(code: str) -> str:
    """What a word of a row's `warning` says to readers, a `Weakness` or a `Note`."""
    if code in set(Weakness):
        return Weakness(code).word
    return Note(code).word if code in set(Note) else code


@dataclass(frozen=True)
class Quality:
    """Measures of one face.

    Attributes:
        brightness: mean grey level in the middle of the chip, 0 to 255.
        sharpness: standard deviation of the chip's Laplacian over that of its grey levels.
        side: side in pixels of the photo of the square that became the chip.
        yaw: how far the nose lies from the middle between the eyes, in distances of the
            eyes; 0 is frontal, +-0.5 puts the nose before an eye. None without landmarks.
        roll: slope of the line through the eyes in degrees, None without landmarks.
        outside: share of the square beyond the photo, 0 to 1.
        noise: standard deviation of the chip's noise in grey levels.
        clipped: share of the chip's pixels that are white.
    """

    brightness: float
    sharpness: float
    side: float
    yaw: float | None
    roll: float | None
    outside: float
    noise: float = 0.0
    clipped: float = 0.0

    @property
    def picture(self) -> dict[str, float]:
        """The measures by name, as the robustness benchmark knows them."""
        return {
            "noise": self.noise,
            "sharpness": self.sharpness,
            "brightness": self.brightness,
            "clipped": self.clipped,
            "side": self.side,
        }

    @property
    def weaknesses(self) -> tuple[Weakness, ...]:
        """What is wrong, worst for recognition first."""
        wrong = {
            Weakness.TINY: self.side < TINY,
            Weakness.BLURRED: self.sharpness < BLURRED,
            Weakness.TURNED: self.yaw is not None and abs(self.yaw) > TURNED,
            Weakness.TILTED: self.roll is not None and abs(self.roll) > TILTED,
            Weakness.CUT: self.outside > CUT,
            Weakness.NOISY: self.noise > NOISY,
            Weakness.DARK: self.brightness < DARK,
            Weakness.OVEREXPOSED: self.clipped > OVEREXPOSED,
        }
        return tuple(weakness for weakness, found in wrong.items() if found)

    def sentence(self, weakness: Weakness) -> str:
        """What is wrong, with its measure."""
        match weakness:
            case Weakness.NOISY:
                return _("Noisy: grey levels scatter by {level} of 255.").format(
                    level=number(self.noise)
                )
            case Weakness.OVEREXPOSED:
                return _("Overexposed: {share} of the face is plain white.").format(
                    share=percent(self.clipped, 0)
                )
            case Weakness.DARK:
                return _("Dark: the mean grey level is {level} of 255.").format(
                    level=number(self.brightness)
                )
            case Weakness.BLURRED:
                return _("Blurred: the chip lacks fine detail.")
            case Weakness.TINY:
                return _("Tiny: {side} pixels wide in the photo, enlarged to 48.").format(
                    side=number(self.side)
                )
            case Weakness.TURNED:
                return _("Turned to the side: the networks learned mostly from frontal faces.")
            case Weakness.TILTED:
                return _("Tilted by {degrees} degrees.").format(degrees=number(abs(self.roll or 0)))
            case Weakness.CUT:
                return _("Cut off: {share} of the chip lies beyond the photo's edge.").format(
                    share=percent(self.outside, 0)
                )


def measure(chip: np.ndarray, face: Face, width: int, height: int) -> Quality:
    """Measure one face.

    Args:
        chip: uint8 (48, 48), cut by `crop_chip`.
        face: in pixels of the photo.
        width: of the photo in pixels.
        height: likewise.
    """
    yaw, roll = pose(face)
    return Quality(
        brightness=measures.brightness(chip),
        sharpness=measures.sharpness(chip),
        side=square_side(face),
        yaw=yaw,
        roll=roll,
        outside=outside(face, width, height),
        noise=measures.noise(chip),
        clipped=measures.clipped(chip),
    )


def pose(face: Face) -> tuple[float | None, float | None]:
    """Yaw and roll as in `Quality`; None for a face without landmarks."""
    marks = on_chip(face)
    if marks is None:
        return None, None
    right_eye, left_eye, nose = marks[:3]
    across = left_eye - right_eye
    distance = float(across @ across)
    # Eyes one before the other, as in a full profile, give no direction to measure along.
    yaw = float((nose - right_eye) @ across / distance - 0.5) if distance > 1 else 1.0
    return yaw, float(np.degrees(np.arctan2(across[1], across[0])))
