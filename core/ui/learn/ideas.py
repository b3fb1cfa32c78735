"""Five ideas behind the networks, each in two sentences and one picture computed here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import streamlit as st

from core.errors import FerLabError
from core.evaluation.results import NetworkResults
from core.figures import ideas
from core.figures.gates import split_gates
from core.figures.labels import class_name
from core.figures.overlay import overlay, relative
from core.labels import CLASSES
from core.roles import PLAIN, PROPOSED
from core.text import _
from core.ui import resources, viewer, widgets

MAPS = 5
"""Answers of the first layer that are shown."""

SIDE = 96
FACES = ("happy", "angry")
"""Whose averaged faces the pictures are made from."""


@dataclass(frozen=True)
class Lab:
    """What the pictures are made with.

    Attributes:
        networks: by id, those with a model file here.
        faces: averaged faces of Training by class, uint8 (48, 48).
    """

    networks: dict[str, NetworkResults]
    faces: dict[str, np.ndarray]

    def title(self, name: str) -> str:
        """What to call a network."""
        return self.networks[name].title if name in self.networks else name


def draw(usable: list[NetworkResults]) -> None:
    """A card for every idea; one whose picture cannot be made says why."""
    able = {item.id: item for item in usable if resources.has_model(item.id)}
    try:
        summary = resources.summary()
        faces = dict(zip(summary.classes, (entry.face for entry in summary.per_class), strict=True))
    except FerLabError as problem:
        widgets.error_box(str(problem))
        faces = {}
    lab = Lab(able, faces)
    left, right = st.columns(2, gap="medium")
    for place, (title, text, picture) in enumerate(_cards()):
        with (left, right)[place % 2], st.container(border=True, gap="small"):
            st.markdown(f"### {title}")
            st.markdown(text)
            with widgets.problems_in_boxes():
                if not picture(lab):
                    st.caption(_("No picture: the network that it is made with is not here."))
    st.caption(
        _(
            "The pictures are computed while you look, from the model files and from averaged "
            "faces of FER-2013's Training split."
        )
    )


def _cards() -> list[tuple[str, str, Callable[[Lab], bool]]]:
    return [
        (
            _("Convolution"),
            _(
                "A small window of weights slides over the picture and notes how well each place "
                "matches it. The first layer finds edges and spots; later layers combine them "
                "into mouths, eyes and wrinkles."
            ),
            _first_layer,
        ),
        (
            _("Squeeze-and-excitation"),
            _(
                "The block squeezes every map into one number and computes from all of them a "
                "gate between 0 and 1 for each map. Maps that matter for this face pass, the "
                "others are turned down."
            ),
            _gates,
        ),
        (
            _("Transfer learning"),
            _(
                "The network starts from weights that were learned on other pictures, often "
                "ImageNet's 1.2 million photos. Frozen layers keep those weights; fine-tuned "
                "ones go on learning from faces, and then look at other places."
            ),
            _attention,
        ),
        (
            _("Batch normalisation"),
            _(
                "Behind a convolution every map is shifted and scaled to a common range, learned "
                "over the training images. The next layer meets the same range whatever comes "
                "before it, so training is faster and steadier."
            ),
            _normalisation,
        ),
        (
            _("Distillation"),
            _(
                "A student learns from the probabilities of its teachers instead of the bare "
                "label. They tell it that a fearful face is also a little surprised, which one "
                "label cannot."
            ),
            _teaching,
        ),
    ]


def _enlarged(values: np.ndarray) -> np.ndarray:
    """A map as a picture, its own least value black and its highest white."""
    low, high = float(values.min()), float(values.max())
    grey = (255 * (values - low) / (high - low or 1)).astype(np.uint8)
    return cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)


def _first_layer(lab: Lab) -> bool:
    item = lab.networks.get(PROPOSED) or next(iter(lab.networks.values()), None)
    face = lab.faces.get(FACES[0])
    if item is None or face is None:
        return False
    layer = next(layer for layer in resources.layers(item.id) if layer.kind == "convolution")
    answers = resources.layer_answers(item.id, layer.output, face.tobytes())[0]
    strongest = np.argsort(-answers.std(axis=(1, 2)), kind="stable")[:MAPS]
    shown = [(_enlarged(face), _("the face"))]
    shown += [
        (_enlarged(answers[place]), _("map {map}").format(map=place + 1)) for place in strongest
    ]
    widgets.pictures(shown, SIDE)
    st.caption(
        _("Maps of {layer}, the first layer of {network}, that vary most on this face.").format(
            layer=layer.name, network=widgets.plain(item.title)
        )
    )
    return True


def _gates(lab: Lab) -> bool:
    item = lab.networks.get(PROPOSED)
    chosen = [name for name in FACES if name in lab.faces]
    if item is None or item.card is None or not item.card.gate_blocks or len(chosen) < 2:
        return False
    chips = np.stack([lab.faces[name] for name in chosen])
    found = resources.engine().predict(item.id, chips).se_gates
    if found is None:
        return False
    block = list(item.card.gate_blocks)[-1]
    answers = {
        class_name(name): split_gates(row, item.card.gate_blocks)[block]
        for name, row in zip(chosen, found, strict=True)
    }
    widgets.plot(ideas.gates(answers, viewer.mode()), "idea_gates")
    st.caption(
        _(
            "Gates of {block} in {network} for two faces: the {count} maps that differ most. "
            "The further a colour from the page's, the wider the gate."
        ).format(block=block, network=widgets.plain(item.title), count=ideas.CHANNELS)
    )
    return True


def _attention(lab: Lab) -> bool:
    pair = [lab.networks[name] for name in (PLAIN, PROPOSED) if name in lab.networks]
    face = lab.faces.get(FACES[0])
    if len(pair) < 2 or face is None:
        return False
    large = cv2.resize(face, (144, 144), interpolation=cv2.INTER_CUBIC)
    shown = []
    for item in pair:
        prediction = resources.engine().predict(item.id, face[None])
        best = int(prediction.probabilities[0].argmax())
        if prediction.activation_maps is None:
            return False
        heat = relative(prediction.activation_maps[0], best)
        answer = class_name(prediction.card.classes[best])
        shown.append((overlay(large, heat), f"{item.title}: {answer}"))
    widgets.pictures(shown, 144)
    st.caption(
        _(
            "Grad-CAM on the same averaged face: bright is what spoke for the answer, left with "
            "frozen layers, right with fine-tuned ones."
        )
    )
    return True


def _normalisation(lab: Lab) -> bool:
    found = next(
        (
            (item, layer)
            for item in lab.networks.values()
            for layer in resources.layers(item.id)
            if layer.normalised
        ),
        None,
    )
    if found is None or not lab.faces:
        return False
    item, layer = found
    chips = np.stack(list(lab.faces.values()))
    before, after = (
        resources.layer_answers(item.id, node, chips.tobytes())
        for node in (layer.raw, layer.normalised)
    )
    widgets.plot(ideas.spreads(before, after, viewer.mode()), "idea_norm")
    st.caption(
        _("{layer} of {network} on seven averaged faces: the eight widest of its maps.").format(
            layer=layer.name, network=widgets.plain(item.title)
        )
    )
    return True


def _teaching(lab: Lab) -> bool:
    students = [
        (item, item.card.recipe.get("data", {}).get("teachers", []))
        for item in lab.networks.values()
        if item.card and tuple(item.classes) == CLASSES
    ]
    found = next(
        ((item, there) for item, all_of in students
         if (there := [name for name in all_of if name in lab.networks])), None
    )  # fmt: skip
    face = lab.faces.get("fear")
    if found is None or face is None:
        return False
    student, teachers = found
    answers = {_("Label"): [float(name == "fear") for name in CLASSES]}
    for item in [lab.networks[teachers[0]], student]:
        answers[item.title] = resources.engine().predict(item.id, face[None]).probabilities[0]
    widgets.plot(ideas.targets(answers, CLASSES, viewer.mode()), "idea_teaching")
    st.caption(
        _(
            "The averaged face of fear: the label, what {teacher} answers, and what {student} "
            "answers, which learned from it."
        ).format(
            teacher=widgets.plain(lab.title(teachers[0])), student=widgets.plain(student.title)
        )
    )
    return True
