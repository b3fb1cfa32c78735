"""The engine: chips in, probabilities out, for every network and any number of threads.

The way of a request:

1. A page, a batch, a camera or the API calls `Engine.predict(id, chips)`, from its own thread.
2. `_folder` turns the id into a folder; ids come from addresses and must not lead out of it.
3. The network is looked up among those that are loaded, the longest unused of which makes room.
   Its files are looked at: written anew, the network is loaded anew.
4. Loading checks `model.onnx` against the SHA-256 of the card and compiles it with OpenVINO.
5. `views` makes the variants of a chip, where probabilities are to be averaged over several.
6. `Gatherer` joins the chips of all threads that ask at this moment into one run.
7. The run gives probabilities, activation maps and gates at once; `Prediction` carries them back.
"""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from core import paths
from core.engine.averaging import views
from core.engine.gathering import Arrays, Gatherer
from core.engine.network import CompiledNetwork
from core.errors import ModelError
from core.faces.chip import SIDE
from core.roles import Averaging, apply_temperature
from core.runtime import Precision, fastest_precision
from core.schema import MODEL, Card
from core.text import _

RESTING = 30.0
"""Seconds without a request after which a network holds no feature maps any more."""

Stamp = tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a network says about n chips.

    Attributes:
        card: of the network; its classes are the columns below.
        probabilities: float32 (n, C) as the network gives them, averaged over the views.
        activation_maps: float32 (n, C, h, w), Grad-CAM of every class over the chip
            itself, not negative and not normalised; None if they were not asked for.
        se_gates: float32 (n, G), gates of the squeeze-and-excitation blocks for the chip
            itself, in the order of `card.gate_blocks`; None where the network has none or
            they were not asked for.
    """

    card: Card
    probabilities: np.ndarray
    activation_maps: np.ndarray | None
    se_gates: np.ndarray | None

    @property
    def calibrated(self) -> np.ndarray:
        """float32 (n, C), the probabilities with logits divided by the card's temperature."""
        return apply_temperature(self.probabilities, self.card.temperature).astype(np.float32)


class _OutdatedError(Exception):
    """A network's files are no longer those that it was loaded from."""


class _Loaded:
    """A compiled network with the queue of its requests."""

    def __init__(self, model_id: str, stamp: Stamp, precision: Precision) -> None:
        self._network = CompiledNetwork(_folder(model_id), precision)
        self._id = model_id
        self.card = self._network.card
        self.stamp = stamp
        self.used = time.monotonic()
        self._rests = False
        self._gather = Gatherer(self._run, self._network.largest)
        blank = np.zeros((1, SIDE, SIDE), np.uint8)
        self._empty = tuple(array[:0] for array in self._network.run(blank))

    def run(self, chips: np.ndarray) -> Arrays:
        """Probabilities, activation maps and gates of any number of chips.

        Raises:
            _OutdatedError: if the network must be loaded again.
            ModelError: if it fails.
        """
        if not len(chips):
            self._check()
            return self._empty
        try:
            return self._gather(chips)
        except RuntimeError as reason:
            raise ModelError(f"The network {self.card.id} failed: {reason}.") from reason

    def _run(self, chips: np.ndarray) -> Arrays:
        # Once for all requests of a batch: asking the disk makes a thread wait for the others.
        self._check()
        self.used, self._rests = time.monotonic(), False
        return self._network.run(chips)

    def rest(self) -> bool:
        """Give the memory of feature maps back; False where that was done before."""
        if self._rests:
            return False
        self._rests = True
        self._network.rest()
        return True

    def _check(self) -> None:
        if _stamp(_folder(self._id)) != self.stamp:
            raise _OutdatedError


class Engine:
    """Runs networks; make one for the whole process and share it between threads.

    A network is loaded when it is first asked for: its file is compared with the hash in
    its card, then compiled. It is loaded again when its files change, and let go when
    `keep` others were used more recently or, by `let_go`, when nobody asked it of late. Single
    chips that several threads ask for at the same time share a batch.

    Args:
        precision: arithmetic of the networks. By default the fastest that the processor
            has, which is bf16 on recent ones: half the time and memory, probabilities that
            differ by some 0.01. `f32` is for evaluation, so that reported numbers come out
            the same to the fourth digit on any machine.
        keep: networks held in memory; a VGG16 takes 100 MB.
    """

    def __init__(self, precision: Precision | None = None, keep: int = 3) -> None:
        self._wanted = precision
        self._keep = keep
        self._loaded: OrderedDict[str, _Loaded] = OrderedDict()
        self._order = threading.Lock()
        self._loading = threading.Lock()

    @property
    def precision(self) -> Precision:
        """Arithmetic of the networks."""
        return self._wanted or fastest_precision()

    def card(self, model_id: str) -> Card:
        """The card of a network, which is loaded if need be. Raises `ModelError`."""
        return self._network(model_id).card

    def predict(
        self,
        model_id: str,
        chips: np.ndarray,
        averaging: Averaging = "none",
        maps: bool = True,
    ) -> Prediction:
        """Classify chips.

        Args:
            model_id: name of the network's folder.
            chips: uint8 (n, 48, 48), n may be 0 and of any size.
            averaging: over which views of a chip the probabilities are averaged; see
                `core.engine.averaging.views`.
            maps: whether activation maps and gates are wanted too. They belong to the
                chip itself, whatever the views. In the graph they cost the smallest
                network a tenth of its time and a VGG16 nothing measurable, so that no
                second network without them is kept in memory.

        Raises:
            ModelError: if the network is missing, damaged or not the one of its card.
        """
        if chips.dtype != np.uint8 or chips.shape[1:] != (SIDE, SIDE):
            raise ValueError(f"Expected uint8 (n, 48, 48). Received: {chips.dtype} {chips.shape}.")
        network = self._known(model_id) or self._network(model_id)
        while True:
            try:
                return _predict(network, chips, averaging, maps)
            except _OutdatedError:
                network = self._network(model_id)

    def let_go(self, idle: float, resting: float = RESTING) -> int:
        """Let go of networks that nobody asks; in how many something was let go.

        Args:
            idle: seconds without a request after which a network goes; whoever is being answered
                keeps it until then.
            resting: seconds after which the memory of its feature maps does, tens of megabytes;
                longer than any batch takes.
        """
        now = time.monotonic()
        with self._order:
            unused = [name for name, loaded in self._loaded.items() if now - loaded.used > idle]
            for name in unused:
                del self._loaded[name]
            others = [item for item in self._loaded.values() if now - item.used > resting]
        return len(unused) + sum(loaded.rest() for loaded in others)

    def _network(self, model_id: str) -> _Loaded:
        """The network of the files as they are now."""
        stamp = _stamp(_folder(model_id))
        loaded = self._known(model_id, stamp)
        if loaded is None:
            with self._loading:
                loaded = self._known(model_id, stamp)
                if loaded is None:
                    loaded = _Loaded(model_id, stamp, self.precision)
                    with self._order:
                        self._loaded[model_id] = loaded
                        self._loaded.move_to_end(model_id)
                        while len(self._loaded) > self._keep:
                            self._loaded.popitem(last=False)
        return loaded

    def _known(self, model_id: str, stamp: Stamp | None = None) -> _Loaded | None:
        """The network if it is in memory (and of this stamp), from now on the last used."""
        with self._order:
            loaded = self._loaded.get(model_id)
            if loaded is None or stamp not in (None, loaded.stamp):
                return None
            self._loaded.move_to_end(model_id)
            loaded.used = time.monotonic()
            return loaded


def _predict(network: _Loaded, chips: np.ndarray, averaging: Averaging, maps: bool) -> Prediction:
    if averaging == "none":
        outputs = network.run(chips)
        probabilities = outputs[0]
    else:
        probabilities = _averaged(network, chips, averaging)
        outputs = network.run(chips if maps else chips[:0])
    return Prediction(
        card=network.card,
        probabilities=probabilities,
        activation_maps=outputs[1] if maps else None,
        se_gates=outputs[2] if maps and len(outputs) > 2 else None,
    )


def _averaged(network: _Loaded, chips: np.ndarray, averaging: Averaging) -> np.ndarray:
    """float32 (n, C), mean of the probabilities over the views."""
    seen = views(chips, averaging)
    flat = network.run(seen.reshape(-1, SIDE, SIDE))[0]
    each = flat.reshape(len(seen), len(chips), flat.shape[1])
    return each.mean(axis=0, dtype=np.float64).astype(np.float32)


def _folder(model_id: str) -> Path:
    if not paths.models().is_dir():
        raise ModelError(
            _(
                "There is no folder {folder}. Let FER_MODELS name the folder with the networks: "
                "`models` in a checkout of FER Lab."
            ).format(folder=paths.models())
        )
    folder = paths.models() / model_id
    # An id may come from a web address and must not lead out of the models folder.
    if not re.fullmatch(r"\w[\w.-]*", model_id) or not folder.is_dir():
        raise ModelError(f"There is no network {model_id!r} in {paths.models()}.")
    return folder


def _stamp(folder: Path) -> Stamp:
    """Changes when the model or its card is written anew."""
    found = []
    for name in (MODEL, "card.json"):
        try:
            state = (folder / name).stat()
        except OSError:
            found.append((0, 0))
        else:
            found.append((state.st_mtime_ns, state.st_size))
    return tuple(found)


@cache
def shared_engine() -> Engine:
    """The one engine of this process, for pages and API alike."""
    return Engine()
