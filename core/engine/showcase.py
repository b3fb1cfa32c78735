"""Answers of the networks for one shipped photo, so that Home shows one without an engine.

`python -m core showcase` writes `results/showcase.json`.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from core import paths
from core.files import sha256
from core.records import Document, Made, Record, Sha256, Share
from core.schema import SCHEMA_VERSION

PHOTO: Final = "astronaut.jpg"
"""File in `paths.EXAMPLES`."""

FILE: Final = "showcase.json"
"""File in the results folder."""

DIGITS: Final = 4
"""Decimals of what is written."""


class NetworkAnswer(Record):
    """Calibrated probabilities of one network, a row for each face."""

    model_sha256: Sha256
    classes: list[str]
    probabilities: list[list[Share]]


class Showcase(Document):
    """`results/showcase.json`: the faces of a shipped photo and what each network answers.

    `boxes` are left, top, width and height of each face as shares of the photo's sides.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    photo: str
    photo_sha256: Sha256
    boxes: Annotated[list[tuple[float, float, float, float]], Field(min_length=1)]
    networks: dict[str, NetworkAnswer]
    made: Made


def answer() -> Showcase:
    """Every network's answers for `PHOTO`; those that cannot be run are left out.

    Raises:
        ImageError: if the photo cannot be read.
    """
    # Home reads the file, and does without what only its making needs.
    from core.engine.catalogue import available_models
    from core.engine.engine import Engine
    from core.faces.detector import FaceDetector
    from core.faces.photo import decode, photo_to_chips

    path = paths.EXAMPLES / PHOTO
    rgb = decode(path.read_bytes())
    height, width = rgb.shape[:2]
    result = photo_to_chips(rgb, FaceDetector())
    engine = Engine()
    networks = {}
    for card in available_models():
        table = engine.predict(card.id, result.chips).calibrated
        networks[card.id] = NetworkAnswer(
            model_sha256=card.model_sha256,
            classes=card.classes,
            probabilities=[[round(float(value), DIGITS) for value in row] for row in table],
        )
    sides = (width, height, width, height)
    boxes = [
        tuple(round(value / side, DIGITS) for value, side in zip(face.box, sides, strict=True))
        for face in result.faces
    ]
    return Showcase(
        photo=PHOTO,
        photo_sha256=sha256(path),
        boxes=boxes,
        networks=networks,
        made=Made.now("python -m core showcase", "openvino"),
    )
