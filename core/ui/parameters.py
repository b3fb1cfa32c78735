"""A network's recipe in words, row by row, so that networks can be read side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.schema import Card
from core.text import _, ngettext, number, percent
from core.words.provenance import hardware, initial_weights, selection, software

UNKNOWN = "–"


def rows(card: Card, titles: Mapping[str, str]) -> dict[str, str]:
    """Every hyper-parameter that tells networks apart: label to value, in reading order.

    A recipe without a key, or with one of another shape, gives a dash in its place.

    Args:
        card: of the network.
        titles: of the networks it may have learned from, by id; else the id stands for it.
    """
    return {label: _or_dash(value, card) for label, value in _builders(titles).items()}


def _builders(titles: Mapping[str, str]) -> dict[str, Callable[[Card], str]]:
    return {
        _("Input"): _input,
        _("Initial weights"): initial_weights,
        _("Squeeze-and-excitation"): _gates,
        _("Trained layers"): _trained,
        _("Parameters"): lambda card: number(card.parameters),
        _("of these trained"): lambda card: number(card.trainable_parameters),
        _("Dropout"): lambda card: percent(card.recipe["network"]["settings"]["dropout"], 0),
        _("Targets"): lambda card: _targets(card, titles),
        _("Augmentation"): _augmentation,
        _("Optimizer"): lambda card: _stages(card, _optimizer),
        _("Learning rate"): lambda card: _stages(card, _rate),
        _("Weight decay"): lambda card: _stages(card, lambda stage: _exact(stage["weight_decay"])),
        _("Batch size"): lambda card: number(card.recipe["batch"]),
        _("Epochs run"): lambda card: number(card.training.epochs),
        _("Epoch chosen by"): _selection,
        _("Temperature"): lambda card: number(card.temperature, 2),
        _("Time in epochs"): lambda card: duration(card.training.seconds),
        _("Hardware"): lambda card: f"{hardware(card)} ({software(card)})",
        _("Seed"): lambda card: str(card.training.seed),
    }


def duration(seconds: float) -> str:
    """Seconds as hours and minutes, or as minutes or seconds where it was short."""
    minutes = round(seconds / 60)
    if minutes >= 60:
        return _("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)
    if minutes:
        return _("{minutes} min").format(minutes=minutes)
    return _("{seconds} s").format(seconds=number(seconds))


def _or_dash(describe: Callable[[Card], str], card: Card) -> str:
    try:
        return describe(card) or UNKNOWN
    except (KeyError, TypeError, ValueError, AttributeError):
        return UNKNOWN


def _input(card: Card) -> str:
    size = f"{card.input_size} × {card.input_size}"
    text = _("{size}, grey") if card.input_channels == 1 else _("{size}, grey repeated to RGB")
    parts = [text.format(size=size)]
    if card.recipe.get("network", {}).get("settings", {}).get("median_filter"):
        parts.append(_("smoothed by a 3 × 3 median"))
    return ", ".join(parts)


def _gates(card: Card) -> str:
    return ", ".join(card.gate_blocks) or _("none")


def _stages(card: Card, describe: Callable[[Mapping[str, Any]], str]) -> str:
    """One value for every stage of training; written once where all stages agree."""
    values = [describe(stage) for stage in card.recipe["stages"]]
    return " → ".join(values if len(set(values)) > 1 else values[:1])


def _trained(card: Card) -> str:
    # As the training loop does: pretrained weights that could not be had leave nothing to freeze.
    wanted = card.recipe["network"]["settings"].get("imagenet", True)
    if wanted and card.initial_weights.untrained:
        return _("all")
    return _stages(card, _layers)


def _layers(stage: Mapping[str, Any]) -> str:
    named = {"all": _("all"), "head": _("head only")}
    trainable = str(stage["trainable"])
    return named.get(trainable) or _("from {layer} on").format(layer=trainable)


def _optimizer(stage: Mapping[str, Any]) -> str:
    name = {"sgd": "SGD (Nesterov 0.9)", "adam": "Adam"}.get(stage["optimizer"], stage["optimizer"])
    if not stage["ema"]:
        return name
    return _("{optimizer}, mean of the weights ({share})").format(
        optimizer=name, share=_exact(stage["ema"])
    )


def _rate(stage: Mapping[str, Any]) -> str:
    schedule = {
        "constant": _("constant"),
        "cosine": _("cosine decay"),
        "plateau": _("halved on plateaus"),
    }.get(stage["schedule"], stage["schedule"])
    return f"{_exact(stage['learning_rate'])}, {schedule}"


def _targets(card: Card, titles: Mapping[str, str]) -> str:
    data = card.recipe["data"]
    found = [_("crowd votes (FER+)") if data["targets"] == "crowd" else _("labels")]
    if data.get("teachers"):
        teachers = ", ".join(titles.get(name, name) for name in data["teachers"])
        share = percent(data["teaching"], 0)
        found.append(_("{share} from {teachers}").format(share=share, teachers=teachers))
    if data["label_smoothing"]:
        found.append(_("smoothed by {share}").format(share=percent(data["label_smoothing"], 0)))
    if data["class_weights"]:
        found.append(_("classes weighted"))
    if data["mixup"]:
        found.append(_("mixup {alpha}").format(alpha=_exact(data["mixup"])))
    if data.get("smote"):
        found.append(_("classes filled up by SMOTE"))
    return ", ".join(found)


def _augmentation(card: Card) -> str:
    data = card.recipe["data"]["augmentation"]
    zoom = f"−{percent(data['zoom_out'], 0)} / +{percent(data['zoom_in'], 0)}"
    found = {
        _("mirror"): bool(data["flip"]),
        _("rotation ±{degrees}°").format(degrees=number(data["rotation"])): bool(data["rotation"]),
        _("shift ±{share}").format(share=percent(data["shift"], 0)): bool(data["shift"]),
        _("zoom {range}").format(range=zoom): bool(data["zoom_out"] or data["zoom_in"]),
        _("contrast and brightness"): bool(data["contrast"] or data["brightness"]),
        _("erasing"): bool(data["erasing"]),
        _("median filter"): bool(data["median"]),
    }
    return ", ".join(text for text, used in found.items() if used) or _("none")


def _selection(card: Card) -> str:
    score = {"accuracy": _("accuracy"), "loss": _("loss")}.get(card.recipe["select_by"])
    epochs = sum(stage["epochs"] for stage in card.recipe["stages"])
    return ngettext(
        "{score} on {split}, {count} epoch at most",
        "{score} on {split}, {count} epochs at most",
        epochs,
    ).format(score=score, split=selection(card), count=epochs)


def _exact(value: float) -> str:
    """A small number without trailing zeros: 0.01, 0.0001."""
    digits = next((n for n in range(8) if round(value, n) == value), 8)
    return number(value, digits)
