"""Kinds of files: by content first, by name where that says nothing."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath
from typing import Literal

from core.batch.containers import is_video
from core.text import Message, _, later, number

START = 1024
"""First bytes of a file by which it is known."""

LEAST_VIDEO = 512
"""Bytes below which a file has no room for a header of a video and a picture with a face."""

IMAGES = frozenset(
    (
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"),
        *(".avif", ".jp2", ".j2k", ".ppm", ".pgm", ".pbm", ".pnm", ".mpo", ".dib", ".apng"),
    )
)

VIDEOS = frozenset(
    (
        *(".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".wmv", ".asf"),
        *(".mjpeg", ".mjpg", ".ogv", ".3gp", ".3g2", ".mts", ".m2ts", ".flv", ".f4v"),
        *(".vob", ".m2v", ".mpe"),
    )
)
ARCHIVES = frozenset({".zip"})

HEIC = frozenset({".heic", ".heif", ".hif", ".avci"})
"""Photos of phones and cameras in HEVC. The wheels that decode them bring libheif and libde265
(LGPL) and some x265 (GPL), which this project does not take in."""

RAW = frozenset(
    (
        *(".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".iiq", ".kdc", ".mef"),
        *(".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2"),
        *(".srf", ".srw", ".x3f"),
    )
)
"""Raw pictures of a camera's sensor, in the maker's own format."""

KNOWN = IMAGES | VIDEOS | ARCHIVES | HEIC | RAW
"""Endings of what a batch is made of, readable or not."""

Kind = Literal["photo", "video", "archive", "heic", "raw", "other"]

_PHOTO = (
    *(
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"GIF87a",
        b"GIF89a",
        b"\0\0\0\x0cjP  ",
        b"\xff\x4f\xff\x51",
    ),
    *(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
)
_PNM = re.compile(rb"P[1-6]\s+(#[^\n]*\n\s*)*\d+\s+\d+\s")
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_ZIP = (b"PK\3\4", b"PK\5\6")
_BY_SYSTEMS = {"thumbs.db", "desktop.ini", "ehthumbs.db"}


def kind_of(name: str, start: bytes) -> Kind:
    """Kind of a file.

    Args:
        name: of the file.
        start: its first bytes, at most `START`.
    """
    end = suffix(name)
    if end in RAW and not start.startswith(_PHOTO[:4]):
        return "raw"  # most are TIFF files with a small picture in front
    if start[8:12] == b"WEBP" or start.startswith(_PHOTO) or _is_bitmap(start):
        return "video" if end in {".mjpeg", ".mjpg"} else "photo"
    if start[4:8] == b"ftyp":
        brands = start[8 : min(int.from_bytes(start[:4], "big"), START)]
        if b"avif" in brands or b"avis" in brands:
            return "photo"
        if brands[:4] in _HEIC_BRANDS:
            return "heic"
        if brands[:4] == b"crx ":
            return "raw"
    if is_video(start):
        return "video"
    if start.startswith(_ZIP) and end not in _DOCUMENTS:
        return "archive"
    return _by_name(end)


_DOCUMENTS = frozenset(
    (
        *(".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub", ".jar", ".apk", ".whl"),
        *(".npz", ".keras", ".cbz", ".kmz"),
    )
)
"""Zip files by content that are no archives of pictures."""


def _is_bitmap(start: bytes) -> bool:
    """Whether a file is a BMP or a portable anymap; their marks alone are ordinary letters."""
    bitmap = start[:2] == b"BM" and start[14:18] in (
        *(b"\x0c\0\0\0", b"\x10\0\0\0", b"\x28\0\0\0", b"\x34\0\0\0", b"\x38\0\0\0"),
        *(b"\x40\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0"),
    )
    return bitmap or _PNM.match(start) is not None


def _by_name(end: str) -> Kind:
    kinds: dict[frozenset[str], Kind] = {
        IMAGES: "photo",
        VIDEOS: "video",
        ARCHIVES: "archive",
        HEIC: "heic",
        RAW: "raw",
    }
    return next((kind for ends, kind in kinds.items() if end in ends), "other")


def problem_of(kind: Kind, name: str, start: bytes | None = None) -> Message | None:
    """Why files of a kind cannot be used; None where they can.

    Args:
        kind: of the file.
        name: of the file.
        start: its first bytes, at most `START`; None where they are not known.
    """
    if kind == "video" and start is not None and len(start) < LEAST_VIDEO:
        return unreadable_video()
    if kind == "heic":
        return later("HEIC pictures cannot be read. Save the photo as JPEG or PNG and try again.")
    if kind == "raw":
        return later(
            "RAW photos ({kind}) cannot be read. Export them as JPEG and try again.",
            kind=suffix(name).lstrip(".").upper() or "CR3",
        )
    return None


def unreadable_video() -> Message:
    """That a file is no video that is read."""
    return later(
        "The video cannot be read. Expected MP4, MOV, AVI, MKV, WebM, MPEG, MTS, FLV or WMV."
    )


def left_out_sentence(left_out: Counter[str]) -> str:
    """Sentences on the files that were passed over, by ending; empty for none.

    Args:
        left_out: number of files by ending, "" for none.
    """
    known = Counter({end: count for end, count in left_out.items() if end in KNOWN})
    sentences = []
    if other := left_out - known:
        sentences.append(
            _("Left out, for they are no pictures: {kinds}.").format(kinds=_counted(other))
        )
    if known:
        sentences.append(
            _(
                "Left out, for they cannot be read: {kinds}. Export RAW and HEIC photos as JPEG, "
                "videos as MP4, and try again."
            ).format(kinds=_counted(known))
        )
    return " ".join(sentences)


def _counted(endings: Counter[str]) -> str:
    kinds = ", ".join(
        f"{number(count)} {end or _('without an ending')}" for end, count in endings.most_common(8)
    )
    return kinds + ", …" if len(endings) > 8 else kinds


def accepted() -> str:
    """Sentence on the kinds that are taken."""
    return _(
        "Photos (JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, JPEG 2000), videos (MP4, MOV, AVI, MKV, "
        "WebM, MPEG, MTS, FLV, WMV) and zip archives of them are read."
    )


def suffix(name: str) -> str:
    """The ending of a file's name in lower case, `.jpg`."""
    stem, dot, end = name.rpartition(".")
    return f".{end.lower()}" if dot and stem and "/" not in end else ""


def is_hidden(name: str) -> bool:
    """Whether a path is of the kind that systems add by themselves, such as `__MACOSX/._a.jpg`."""
    parts = PurePosixPath(name).parts
    return any(
        (part.startswith((".", "__MACOSX")) and part != "..") or part.lower() in _BY_SYSTEMS
        for part in parts
    )
