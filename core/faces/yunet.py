"""YuNet itself: a picture in, boxes with landmarks and scores out.

YuNet: Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector", Machine
Intelligence Research 20, 2023. The weights lie in `models/face_detection_yunet/`.

OpenVINO runs it in a fifth of the time of OpenCV's `FaceDetectorYN`, but only as compiled
for one size of picture, which takes 0.1 s and up to 20 MB. So pictures are filled up to a few
sizes, and OpenCV gets those that are smaller than photos. At the same precision both find
the same, as a test holds.
"""

from __future__ import annotations

import hashlib
import os
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from core import paths
from core.errors import ModelError
from core.faces.yunet_network import STRIDES, build
from core.runtime import Precision, fastest_precision, runtime

if TYPE_CHECKING:
    import openvino

WEIGHTS = (
    paths.detector(),
    "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
)
"""The detector's file and its SHA-256."""

OVERLAP = 0.3
"""Boxes that share more than this (intersection over union) are one face."""

SIZES = {640: (480, 640), 320: (192, 256, 320), 256: (192, 256)}
"""Long sides to which pictures are brought before they are looked at, and the short sides up
to which they are then filled with black: 3:2, 4:3 and wider have the first of these. Every
size takes memory of its own, 30 MB at 640, so that photos have few; the camera at 320 has one
for 16:9 too."""

STREAMS = 4
"""Pictures that a network looks at in the same moment at most."""

IDLE = 4
"""Networks of OpenCV kept for the next picture; more exist only while more threads ask."""

# OpenCV 5 warns at every new network that its graph engine has no targets to choose from.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)


def find(rgb: np.ndarray, score: float) -> np.ndarray:
    """The faces in a picture, which is looked at as large as it is.

    Any number of threads may ask at once; each picture is one thread's work.

    Args:
        rgb: uint8 (H, W, 3), its sides longer than 32 px: else boxes are infinite.
        score: least score of a face, 0 to 1.

    Returns:
        float64 (n, 15): x, y, width and height of the box, x and y of the five landmarks,
        and the score, best first; in pixels of `rgb`.

    Raises:
        ModelError: if the detector's file is missing or not the expected one.
    """
    height, width = rgb.shape[:2]
    size = _filled_up(height, width)
    down, right = size[0] - height, size[1] - width
    if down or right:
        rgb = cv2.copyMakeBorder(rgb, 0, down, 0, right, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    return _network(size if max(size) in SIZES else None).find(rgb, score)


def _filled_up(height: int, width: int) -> tuple[int, int]:
    """Height and width, multiples of 32, to which a picture is filled up."""
    long, short = (n + -n % STRIDES[-1] for n in (max(height, width), min(height, width)))
    if long in SIZES:
        short = min(side for side in SIZES[long] if side >= short)
    return (long, short) if height > width else (short, long)


class _OnOpenCV:
    """YuNet as OpenCV has it.

    A `cv2.FaceDetectorYN` used by two threads at once crashes or mixes up their faces, so
    each picture has one for itself. They are lent and taken back rather than tied to a
    thread, because a web server starts threads all the time.
    """

    def __init__(self, content: bytes) -> None:
        self._content = np.frombuffer(content, dtype=np.uint8)
        self._idle: list[cv2.FaceDetectorYN] = []

    def find(self, rgb: np.ndarray, score: float) -> np.ndarray:
        """See `find` above."""
        try:
            network = self._idle.pop()
        except IndexError:
            empty = np.zeros(0, dtype=np.uint8)
            network = cv2.FaceDetectorYN.create("onnx", self._content, empty, (320, 320))
            network.setNMSThreshold(OVERLAP)
        network.setInputSize((rgb.shape[1], rgb.shape[0]))
        network.setScoreThreshold(score)
        rows = network.detect(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))[1]
        if len(self._idle) < IDLE:
            self._idle.append(network)
        return np.zeros((0, 15)) if rows is None else _finite(rows.astype(np.float64))


class _OnOpenVINO:
    """YuNet compiled for pictures of one size.

    In bf16 it takes 60% of the time of f32. What that changes of the chips moves a
    network's probabilities by half of what saving the photo as JPEG once more does.

    Args:
        content: of the file.
        size: height and width of the pictures, multiples of 32.
        precision: of its arithmetic.
    """

    def __init__(self, content: bytes, size: tuple[int, int], precision: Precision) -> None:
        # Here and not above: pages that look for no face start without its 30 MB.
        import openvino

        streams = max(1, min(STREAMS, os.cpu_count() or 1))
        options = {
            "INFERENCE_PRECISION_HINT": precision,
            "NUM_STREAMS": streams,
            "INFERENCE_NUM_THREADS": streams,
        }
        self._compiled = runtime().compile_model(build(content, *size), "CPU", options)
        self._idle: list[openvino.InferRequest] = []
        self._tensor = openvino.Tensor
        self._anchors, self._strides = _grid(*size)

    def find(self, rgb: np.ndarray, score: float) -> np.ndarray:
        """See `find` above."""
        try:
            request = self._idle.pop()
        except IndexError:
            request = self._compiled.create_infer_request()
        # Handed over as a tensor: half of what `infer` itself would do to an array.
        picture = rgb.astype(np.float32)[None]
        request.set_input_tensor(self._tensor(picture, shared_memory=True))
        request.infer()
        scores, places = (request.get_output_tensor(place).data for place in range(2))
        rows = self._decoded(scores, places, score)
        if len(self._idle) < STREAMS:
            self._idle.append(request)
        boxes = rows[:, :4].astype(int).tolist()
        kept = cv2.dnn.NMSBoxes(boxes, rows[:, 14].tolist(), score, OVERLAP)
        return rows[np.asarray(kept, dtype=int).ravel()]

    def _decoded(self, scores: np.ndarray, places: np.ndarray, score: float) -> np.ndarray:
        """float64 (n, 15), every anchor's face of at least `score`, overlapping ones too."""
        # Most anchors are far below: only the others are worth more arithmetic.
        sure = np.sqrt(scores[:, 0] * scores[:, 1])
        found = np.flatnonzero(sure >= score)
        coded, anchors = places[found].astype(np.float64), self._anchors[found]
        rows = np.empty((len(found), 15))
        with np.errstate(over="ignore"):
            np.exp(coded[:, 2:4], out=rows[:, 2:4])
        rows[:, :2] = anchors + coded[:, :2] - rows[:, 2:4] / 2
        rows[:, 4:14] = coded[:, 4:] + np.tile(anchors, 5)
        rows[:, :14] *= self._strides[found]
        rows[:, 14] = sure[found]
        return _finite(rows)


@cache
def _weights(path: Path, digest: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as reason:
        raise ModelError(f"The face detector {path} cannot be read: {reason.strerror}.") from reason
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        raise ModelError(f"{path}: Expected SHA-256 {digest}. Received: {found}.")
    return content


_making = threading.Lock()
_ready: dict[tuple[int, int] | None, _OnOpenCV | _OnOpenVINO] = {}


def _network(size: tuple[int, int] | None) -> _OnOpenCV | _OnOpenVINO:
    """The process's one network for pictures of a size; None for that of all others."""
    content = _weights(*WEIGHTS)
    with _making:
        if size not in _ready:
            _ready[size] = (
                _OnOpenVINO(content, size, fastest_precision()) if size else _OnOpenCV(content)
            )
        return _ready[size]


def _grid(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Column and row (n, 2) of every anchor, and the stride (n, 1) of its level."""
    anchors, strides = [], []
    for stride in STRIDES:
        rows, columns = np.mgrid[: height // stride, : width // stride]
        anchors.append(np.stack([columns.ravel(), rows.ravel()], axis=1))
        strides.append(np.full((rows.size, 1), stride))
    return np.concatenate(anchors), np.concatenate(strides)


def _finite(rows: np.ndarray) -> np.ndarray:
    return rows[np.isfinite(rows).all(axis=1)]
