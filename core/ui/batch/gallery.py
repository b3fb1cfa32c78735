"""The faces of a batch as pictures, filtered and page by page."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from core.faces.quality import Weakness, remark
from core.faces.search import Found as Seen
from core.roles import CERTAIN_FROM
from core.rows import NO_FACE
from core.text import _, number, percent
from core.ui import certainty, face_picker, photos, state, widgets, words
from core.ui.batch.batches import Batch
from core.ui.batch.faces import Found
from core.ui.batch.progress import duration
from core.words.networks import title

PAGE = 24
"""Pictures of one page."""

BANDS = {"any": (0.0, 1.01), "low": (0.0, 0.5), "middle": (0.5, 0.8), "high": (0.8, 1.01)}

_OPENED = "batch.opened"


def draw(batch: Batch, found: Sequence[Found]) -> None:
    """Draw the filters, one page of pictures and the page numbers."""
    kept, filters, threshold = _filtered(batch, found)
    st.caption(_("{count} of {n} shown").format(count=number(len(kept)), n=number(len(found))))
    if not kept:
        st.info(_("Nothing here matches these filters."), icon=":material/filter_alt_off:")
        return
    pages = -(-len(kept) // PAGE)
    page = state.pager("gallery", pages, filters)
    titles = {card.id: title(card) for card in batch.cards}
    shown = kept[(page - 1) * PAGE : page * PAGE]
    tiles = [_tile(batch, item, titles, place, threshold) for place, item in enumerate(shown)]

    def pick(place: int) -> None:
        st.session_state[_OPENED] = (shown[place].name, shown[place].face or 1)

    face_picker.gallery("".join(tiles), len(shown), pick, "batch.gallery")
    _open(batch)


def _open(batch: Batch) -> None:
    """Go to the photo of a clicked face, with that face chosen."""
    name, face = st.session_state.pop(_OPENED, ("", 1))
    if not name:
        return
    with widgets.problems_in_boxes():
        content = batch.photo(name)
        if content is None:
            st.info(_("This picture is not kept any more."), icon=":material/auto_delete:")
            return
        photos.bring(name, content, face)
        st.switch_page("pages/predict.py")


def _filtered(batch: Batch, found: Sequence[Found]) -> tuple[list[Found], tuple[str, ...], float]:
    """Draw the filters; what they keep, in the order wanted, what they say, and the threshold."""
    tests: dict[str, Callable[[Found], bool]] = {
        "all": lambda item: True,
        "face": lambda item: item.kind == "face",
        "disputed": lambda item: item.disputed,
        "no face": lambda item: item.kind == "no face",
        "error": lambda item: any(row.error for row in item.rows),
    }
    if len(batch.cards) < 2:
        del tests["disputed"]
    show = state.choice("found", list(tests), "all", _("Show"), text=_kind, kind="segmented")
    kept = [item for item in found if tests[show](item)]
    if show in ("no face", "error"):
        return kept, (show,), CERTAIN_FROM
    with st.container(horizontal=True, vertical_alignment="bottom"):
        expression = state.choice(
            "expression",
            ["any", *batch.classes],
            "any",
            _("Expression"),
            text=lambda name: _("any expression") if name == "any" else words.class_label(name),
        )
        band = state.choice(
            "band", list(BANDS), "any", _("Confidence"), text=_band, help=_band_help(batch)
        )
        order = state.choice(
            "gallery_order", ("file", "unsure", "sure"), "file", _("Order"), text=_order_name
        )
        with st.container(width=220):
            threshold = certainty.choose_threshold()
    if expression != "any":
        kept = [item for item in kept if expression in item.labels]
    if band != "any":
        low, high = BANDS[band]
        kept = [item for item in kept if item.labels and low <= item.sureness < high]
    if order != "file":
        kept.sort(key=lambda item: (not item.labels, item.sureness * (-1) ** (order == "sure")))
    return kept, (show, expression, band, order), threshold


def _kind(name: str) -> str:
    return {
        "all": _("All"),
        "face": _("Faces"),
        "disputed": _("Networks disagree"),
        "no face": _("No face"),
        "error": _("Errors"),
    }[name]


def _band(name: str) -> str:
    low, high = BANDS[name]
    return {
        "any": _("any confidence"),
        "low": _("below {high}").format(high=percent(high, 0)),
        "middle": _("{low} to {high}").format(low=percent(low, 0), high=percent(high, 0)),
        "high": _("{low} and above").format(low=percent(low, 0)),
    }[name]


def _band_help(batch: Batch) -> str | None:
    return _("That of the least sure network.") if len(batch.cards) > 1 else None


def _order_name(name: str) -> str:
    return {
        "file": _("as in the files"),
        "unsure": _("least sure first"),
        "sure": _("surest first"),
    }[name]


def _tile(batch: Batch, item: Found, titles: dict[str, str], place: int, threshold: float) -> str:
    data = batch.job.thumbnails.get(item.outcome.key, item.face)
    name = item.name if len(item.name) <= 60 else f"…{item.name[-59:]}"
    seconds = item.outcome.key[1]
    if seconds is not None:
        name = _("{name}, at {time}").format(name=name, time=duration(seconds))
    if item.face is not None:
        name = f"{photos.face_name(item.face - 1)} · {name}"
    lines = [
        f'<strong class="{"sure" if sure else "unsure"}">{escape(line)}</strong>'
        for line, sure in _answers(item, titles, threshold)
    ]
    if _guessed(item):
        lines.append(f'<span class="quiet">{_("no face in sight")}</span>')
    lines += [f'<span class="quiet">{escape(line)}</span>' for line in (*_doubts(item), name)]
    picture = '<div class="none"></div>'
    if data:
        address = "data:image/jpeg;base64," + base64.b64encode(data).decode()
        picture = f'<img src="{address}" alt="{escape(name)}" loading="lazy">'
        if seconds is None and batch.has_photos:
            spoken = _("Open {name}").format(name=name)
            picture = (
                f'<button type="button" data-place="{place}" title="{escape(spoken)}">'
                f"{picture}</button>"
            )
    return f"<figure>{picture}<figcaption>{'<br>'.join(lines)}</figcaption></figure>"


def _guessed(item: Found) -> bool:
    """Whether the picture was read as a face though none was found in it."""
    return item.kind == "face" and item.rows[0].found == Seen.NONE


def _answers(item: Found, titles: dict[str, str], threshold: float) -> list[tuple[str, bool]]:
    """The networks' answers in words, each with whether it is certain."""
    if item.kind == "no face":
        return [(_("No face"), False)]
    lines = []
    for row in item.rows:
        if row.error:
            lines.append((str(row.error), False))
            continue
        sure = row.probability >= threshold and not _guessed(item)
        word = certainty.word(row.label, row.probability, threshold)
        answer = f"{word} {percent(row.probability, 0)}"
        lines.append((answer if len(titles) == 1 else f"{answer} · {titles[row.network]}", sure))
        if len(row.answers) > 1:
            lines.append((" / ".join(words.class_name(name) for name in row.answers), False))
    return lines


def _doubts(item: Found) -> list[str]:
    codes = [code for code in item.rows[0].warning.split("; ") if code not in ("", NO_FACE)]
    doubts = [", ".join(map(remark, codes))] if codes else []
    expected = [row.expected for row in item.rows if row.expected is not None]
    if expected and any(code in set(Weakness) for code in codes):
        doubts.append(_("expect {share} right").format(share=percent(min(expected), 0)))
    return doubts
