"""Which files of a folder or an archive belong to a batch, by their names."""

from __future__ import annotations

from pathlib import PurePosixPath

IMAGES = frozenset(
    (
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"),
        *(".avif", ".jp2", ".j2k", ".ppm", ".pgm", ".pbm", ".pnm", ".heic", ".heif"),
    )
)
"""HEIC is among them so that the batch says why it was not read."""

VIDEOS = frozenset(
    (
        *(".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv"),
        *(".mjpeg", ".mjpg", ".ogv", ".3gp"),
    )
)
ARCHIVES = frozenset({".zip"})


def suffix(name: str) -> str:
    """The ending of a file's name in lower case, `.jpg`."""
    stem, dot, end = name.rpartition(".")
    return f".{end.lower()}" if dot and stem and "/" not in end else ""


def is_hidden(name: str) -> bool:
    """Whether a path is of the kind that systems add by themselves, such as `__MACOSX/._a.jpg`."""
    parts = PurePosixPath(name).parts
    return any(part.startswith((".", "__MACOSX")) and part != ".." for part in parts)
