"""Results: scores with intervals, per-class scores and settings of networks side by side."""

import streamlit as st

from core.evaluation.metrics import ClassScore
from core.evaluation.results import NetworkResults, SplitBadge
from core.figures import classes
from core.figures.entries import Matrix
from core.text import _, percent
from core.ui import glossary, networks, settings, state, viewer, widgets, words
from core.ui.results import scores, study


def cards(chosen: list[NetworkResults], split: str) -> None:
    with widgets.card_grid(min(len(chosen), 4)):
        for item in chosen:
            found = item.split(split)
            widgets.metric_card(
                _("{network}: accuracy").format(network=item.title),
                percent(found.accuracy) if found else scores.UNKNOWN,
                delta=networks.interval(found) if found else _("not measured"),
            )
    badges: dict[SplitBadge, list[str]] = {}
    for item in chosen:
        if badge := item.badge(split):
            badges.setdefault(badge, []).append(item.title)
    for badge, titles in badges.items():
        text = badge.text if len(badges) == 1 else f"{', '.join(titles)}: {badge.text}"
        widgets.verdict(text, good=badge.verified)
    if len({frozenset(item.classes) for item in chosen}) > 1:
        widgets.verdict(
            _("These networks tell different expressions apart; their scores do not compare."),
            good=False,
        )


def per_class(chosen: list[NetworkResults], split: str) -> None:
    st.header(_("By expression"), anchor=False)
    names: dict[ClassScore, str] = {
        "recall": _("Recall"),
        "precision": _("Precision"),
        "f1": _("F1"),
    }
    score = state.choice(
        "score", list(names), "recall", _("Score"), text=names.__getitem__, kind="segmented"
    )
    table, chart = st.tabs([_("Table"), _("Chart with intervals")])
    with table:
        texts, plain = scores.per_class(chosen, split, score)
        title = _("{score} of every expression").format(score=names[score])
        widgets.table(texts, "per_class", title, download=plain)
    with chart:
        entries = [
            Matrix(item.id, item.title, found.confusion, item.classes)
            for item in chosen
            if (found := item.split(split))
        ]
        widgets.figure_frame(
            classes.per_class(entries, score, viewer.mode()), "per_class_intervals"
        )
    st.caption(
        {
            "recall": _("Of the images of an expression, the share that the network found."),
            "precision": _("Of the images that the network calls so, the share that are."),
            "f1": _("Harmonic mean of precision and recall."),
        }[score]
        + (" " + _("Bold: the highest in its row.") if len(chosen) > 1 else "")
    )


def draw(chosen: list[NetworkResults], split: str) -> None:
    cards(chosen, split)
    st.header(_("Scores"), anchor=False)
    st.caption(f"{words.split_name(split)}: {words.split_role(split)}")
    texts, plain = scores.table(chosen, split)
    widgets.table(texts, "scores", _("Scores of the networks side by side"), download=plain)
    widgets.help_popover(
        _("How to read these scores"),
        _(
            "**Accuracy** is the share of images named right; the numbers in brackets are its "
            "95% interval (Wilson).\n\n"
            "**Macro** averages the seven expressions equally, **weighted** by their number of "
            "images: a network that neglects rare expressions loses on macro.\n\n"
            "**Calibration error** is how far the stated probability lies from the share that "
            "is right, on average; dividing the logits by one number, the temperature, often "
            "mends much of it.\n\n"
            "**FER+ crowd**: the same pictures named by ten people each."
        ),
    )
    glossary.worked(
        ["accuracy", "wilson", "macro", "weighted", "balanced", "ece", "temperature"],
        chosen[0],
        split,
    )
    per_class(chosen, split)
    glossary.worked(["recall", "precision", "f1", "support"], chosen[0], split)
    settings.draw(chosen)


widgets.page_header(
    _("Results"), _("What the networks score, how sure that is, and how they were made.")
)
usable = networks.has_results()
if usable:
    left, right = st.columns([3, 2])
    with left:
        chosen = networks.choose_many(usable)
    with right:
        split = networks.split_chooser()
    if chosen:
        draw(chosen, split)
    else:
        st.info(_("Choose at least one network."), icon=":material/touch_app:")
    study.draw()
