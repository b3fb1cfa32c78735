"""What made the difference: single changes of one recipe, each from several seeds."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.errors import ResultsError
from core.evaluation.study import SCORES, Variant, effect
from core.text import _, number, percent
from core.ui import resources, widgets
from core.words.corruptions import strength_text
from core.words.study import effect_text, variant_name, verdict

NAME = "augmentation"


def draw() -> None:
    """The table, or what to do where the study was not made."""
    st.header(_("What made the difference?"), anchor=False)
    try:
        study = resources.study(NAME)
    except ResultsError as problem:
        widgets.error_box(str(problem))
        return
    if study is None:
        st.caption(
            _("Single changes of one recipe are compared here once they were trained: {command}.")
            .format(command=f"`python -m core study {NAME}`")
        )  # fmt: skip
        return
    st.markdown(verdict(study))
    plain = study.variants[0]
    rows = [_row(variant, plain) for variant in study.variants]
    frame = pd.DataFrame(
        [texts for texts, _numbers in rows],
        index=pd.Index(
            [variant_name(variant.id) for variant in study.variants], name=_("Added to the recipe")
        ),
    )
    widgets.table(
        frame,
        "study",
        _("What single changes make of the small CNN, one row each."),
        download=pd.DataFrame([numbers for _texts, numbers in rows]),
    )
    st.caption(
        _(
            "The small CNN on {split}, {images} images; each change alone against the plain "
            "recipe: {runs} runs from different seeds; in brackets 95% intervals over seeds "
            "(Welch), in percentage points. Under change: {conditions}."
        ).format(
            split=study.split,
            images=number(study.images),
            runs=number(min(len(variant.runs) for variant in study.variants)),
            conditions=", ".join(map(_condition, study.conditions)),
        )
    )


def _condition(name: str) -> str:
    from core.data.corruptions import KINDS

    kind, _underline, level = name.rpartition("_")
    if kind not in KINDS or not level.isdigit():
        return name
    return strength_text(kind, KINDS[kind].strengths[int(level) - 1])


def _row(variant: Variant, plain: Variant) -> tuple[dict[str, str], dict[str, object]]:
    titles = {
        "accuracy": _("Accuracy"),
        "macro_f1": _("Macro F1"),
        "changed": _("Under change"),
    }
    texts: dict[str, str] = {}
    numbers: dict[str, object] = {"recipe": variant.id, "runs": len(variant.runs)}
    for score in SCORES:
        found, mean = effect(plain, variant, score), float(variant.values(score).mean())
        texts[titles[score]] = percent(mean)
        texts[_("Δ {score}").format(score=titles[score])] = (
            "–" if variant is plain else effect_text(found)
        )
        numbers |= {
            score: mean,
            f"{score}_difference": found.difference,
            f"{score}_low": found.low,
            f"{score}_high": found.high,
        }
    return texts, numbers
