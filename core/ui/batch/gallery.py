"""The faces of a batch as pictures, filtered and page by page."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from core.faces.quality import Weakness, remark
from core.faces.search import Found as Seen
from core.rows import NO_FACE
from core.text import _, number, percent
from core.ui import state, words
from core.ui.batch.batches import Batch
from core.ui.batch.faces import Found
from core.ui.batch.progress import duration
from core.words.networks import title

PAGE = 24
"""Pictures of one page."""

BANDS = {"any": (0.0, 1.01), "low": (0.0, 0.5), "middle": (0.5, 0.8), "high": (0.8, 1.01)}

_STYLE = (
    "<style>"
    ".fer-batch{display:grid;grid-template-columns:repeat(auto-fill,minmax(128px,1fr));gap:.9rem}"
    ".fer-batch figure{margin:0;min-width:0}"
    ".fer-batch img,.fer-batch .none{width:100%;aspect-ratio:1;border-radius:.4rem;display:block;"
    "object-fit:contain;background:rgba(128,128,128,.18)}"
    ".fer-batch figcaption{font-size:.84rem;line-height:1.35;padding-top:.3rem;"
    "overflow-wrap:anywhere}"
    ".fer-batch .quiet{opacity:.72}"
    "</style>"
)


def draw(batch: Batch, found: Sequence[Found]) -> None:
    """Draw the filters, one page of pictures and the page numbers."""
    kept, filters = _filtered(batch, found)
    st.caption(_("{count} of {n} shown").format(count=number(len(kept)), n=number(len(found))))
    if not kept:
        st.info(_("Nothing here matches these filters."), icon=":material/filter_alt_off:")
        return
    pages = -(-len(kept) // PAGE)
    place = state.pager("gallery", pages, filters)
    titles = {card.id: title(card) for card in batch.cards}
    tiles = [_tile(batch, item, titles) for item in kept[(place - 1) * PAGE : place * PAGE]]
    st.html(_STYLE + '<div class="fer-batch">' + "".join(tiles) + "</div>")


def _filtered(batch: Batch, found: Sequence[Found]) -> tuple[list[Found], tuple[str, ...]]:
    """Draw the filters; what they keep, in the order wanted, and what they say."""
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
        return kept, (show,)
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
    if expression != "any":
        kept = [item for item in kept if expression in item.labels]
    if band != "any":
        low, high = BANDS[band]
        kept = [item for item in kept if item.labels and low <= item.sureness < high]
    if order != "file":
        kept.sort(key=lambda item: (not item.labels, item.sureness * (-1) ** (order == "sure")))
    return kept, (show, expression, band, order)


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


def _tile(batch: Batch, item: Found, titles: dict[str, str]) -> str:
    data = batch.job.thumbnails.get(item.outcome.key, item.face)
    name = item.name if len(item.name) <= 60 else f"…{item.name[-59:]}"
    seconds = item.outcome.key[1]
    if seconds is not None:
        name = _("{name}, at {time}").format(name=name, time=duration(seconds))
    faceless = item.kind == "face" and item.rows[0].found == Seen.NONE
    answer = '<span class="quiet">{}</span>' if faceless else "<strong>{}</strong>"
    lines = [answer.format(escape(line)) for line in _answers(item, titles)]
    if faceless:
        lines.append(f'<span class="quiet">{_("no face in sight")}</span>')
    lines += [f'<span class="quiet">{escape(line)}</span>' for line in (*_doubts(item), name)]
    picture = '<div class="none"></div>'
    if data:
        address = "data:image/jpeg;base64," + base64.b64encode(data).decode()
        picture = f'<img src="{address}" alt="{escape(name)}" loading="lazy">'
    return f"<figure>{picture}<figcaption>{'<br>'.join(lines)}</figcaption></figure>"


def _answers(item: Found, titles: dict[str, str]) -> list[str]:
    if item.kind == "no face":
        return [_("No face")]
    lines = []
    for row in item.rows:
        if row.error:
            lines.append(str(row.error))
        else:
            answer = f"{words.class_label(row.label)} {percent(row.probability, 0)}"
            lines.append(answer if len(titles) == 1 else f"{answer} · {titles[row.network]}")
            if len(row.answers) > 1:
                lines.append(" / ".join(words.class_name(name) for name in row.answers))
    return lines


def _doubts(item: Found) -> list[str]:
    codes = [code for code in item.rows[0].warning.split("; ") if code not in ("", NO_FACE)]
    doubts = [", ".join(map(remark, codes))] if codes else []
    expected = [row.expected for row in item.rows if row.expected is not None]
    if expected and any(code in set(Weakness) for code in codes):
        doubts.append(_("expect {share} right").format(share=percent(min(expected), 0)))
    return doubts
