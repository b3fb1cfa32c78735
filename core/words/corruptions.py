"""Names of corruptions and their strengths, for readers."""

from __future__ import annotations

from core.text import _, number, percent


def kind_name(kind: str) -> str:
    """Name of a kind of corruption; an unknown one unchanged."""
    return {
        "gaussian_noise": _("Gaussian noise"),
        "shot_noise": _("Shot noise"),
        "salt_and_pepper": _("Salt and pepper"),
        "gaussian_blur": _("Gaussian blur"),
        "motion_blur": _("Motion blur"),
        "defocus_blur": _("Out of focus"),
        "jpeg": _("JPEG compression"),
        "low_resolution": _("Low resolution"),
        "darkness": _("Darkness"),
        "brightness": _("Overexposure"),
        "low_contrast": _("Low contrast"),
        "rotation": _("Tilted face"),
        "loose_crop": _("Loose crop"),
        "cover_eyes": _("Eyes covered"),
        "cover_mouth": _("Mouth covered"),
        "cover_anywhere": _("Part covered"),
    }.get(kind, kind)


def kind_text(kind: str) -> str:
    """Effect of a kind on a picture, in a sentence; empty for an unknown one."""
    return {
        "gaussian_noise": _("Noise of a sensor: the same everywhere in the picture."),
        "shot_noise": _("Noise of too few photons: stronger where the picture is bright."),
        "salt_and_pepper": _("Single pixels turn black or white."),
        "gaussian_blur": _("Every point spreads into a soft spot."),
        "motion_blur": _("The face or the camera moved, in a random direction."),
        "defocus_blur": _("The lens is out of focus: every point becomes a disc."),
        "jpeg": _("Blocks and ringing of a low JPEG quality, on the chip itself."),
        "low_resolution": _("The face is only so many pixels wide before it is enlarged."),
        "darkness": _("Too little light; each stop is half of it."),
        "brightness": _("Too much light; bright parts are clipped to white."),
        "low_contrast": _("All grey levels move towards their mean."),
        "rotation": _("The head is tilted to one side."),
        "loose_crop": _("The frame sits beside the face and is too large or too small."),
        "cover_eyes": _("A grey bar lies over the eyes."),
        "cover_mouth": _("A grey bar lies over the mouth."),
        "cover_anywhere": _("A grey rectangle lies anywhere on the picture."),
    }.get(kind, "")


def strength_axis(kind: str) -> str:
    """Unit of a kind's strength, as the title of an axis."""
    return {
        "gaussian_noise": _("Standard deviation (grey levels)"),
        "shot_noise": _("Standard deviation at white (grey levels)"),
        "salt_and_pepper": _("Pixels changed (%)"),
        "gaussian_blur": _("Sigma (pixels)"),
        "motion_blur": _("Way (pixels)"),
        "defocus_blur": _("Radius (pixels)"),
        "jpeg": _("JPEG quality"),
        "low_resolution": _("Width of the face (pixels)"),
        "darkness": _("Light lost (stops)"),
        "brightness": _("Light added (stops)"),
        "low_contrast": _("Contrast lost (%)"),
        "rotation": _("Tilt (degrees)"),
        "loose_crop": _("Off by (% of the side)"),
        "cover_eyes": _("Height of the bar (% of the side)"),
        "cover_mouth": _("Height of the bar (% of the side)"),
        "cover_anywhere": _("Area covered (%)"),
    }.get(kind, _("Strength"))


SHARES = frozenset(
    {"salt_and_pepper", "low_contrast", "loose_crop", "cover_eyes", "cover_mouth", "cover_anywhere"}
)
"""Kinds whose strength is a share, shown in percent."""


def strength_shown(kind: str, strength: float) -> float:
    """A strength in the unit of `strength_axis`."""
    return 100 * strength if kind in SHARES else strength


def strength_text(kind: str, strength: float) -> str:
    """A kind at a strength in a few words: 'noise of 10 grey levels'."""
    if kind in SHARES:
        value = percent(strength, 0)
    else:
        value = number(strength, 0 if float(strength).is_integer() else 1)
    return {
        "gaussian_noise": _("noise of {value} grey levels"),
        "shot_noise": _("shot noise of {value} grey levels"),
        "salt_and_pepper": _("{value} of the pixels black or white"),
        "gaussian_blur": _("blur of {value} px"),
        "motion_blur": _("a movement of {value} px"),
        "defocus_blur": _("focus off by {value} px"),
        "jpeg": _("JPEG quality {value}"),
        "low_resolution": _("a face {value} px wide"),
        "darkness": _("{value} stops too dark"),
        "brightness": _("{value} stops too bright"),
        "low_contrast": _("{value} of the contrast lost"),
        "rotation": _("a tilt of {value}°"),
        "loose_crop": _("a crop {value} off"),
        "cover_eyes": _("a bar of {value} over the eyes"),
        "cover_mouth": _("a bar of {value} over the mouth"),
        "cover_anywhere": _("{value} of the picture covered"),
    }.get(kind, "{value}").format(value=value)
