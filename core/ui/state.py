"""Choices that live in the address, survive a change of page and cannot be broken by a link.

Every choice has a short key. Its value is kept in three places: the widget, the session
(under a plain key, since Streamlit drops a widget's state when its page is left) and the
address, where only what differs from the default stands. Whoever spoke last wins: a click
over the address, a newly opened link over the session, Back and Forward over both. A value
that is not among the options counts as not given, and stays in the session for a page on
which it is valid.

Every widget is also told the value in force as its default. The frontend takes a value from
the session once; a widget that it mounts anew after that, as when a photo is replaced, starts
from its default and reports that as the viewer's wish.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Sequence
from typing import Any, Literal, TypeVar
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from core.text import _, language
from core.ui import _compat, history

T = TypeVar("T")
Tokens = tuple[str, ...]
Clean = Callable[[Tokens], "Tokens | None"]
Kind = Literal["select", "segmented", "pills", "radio"]

_KEPT = "state.kept"
_ADDRESS = "state.address"
_USED = "state.used"
_PRIVATE = "state.private"


def widget_key(key: str) -> str:
    """The Streamlit key of the widget of a choice, for tests and callbacks."""
    return f"{key}.widget"


def choice(
    key: str,
    options: Sequence[T],
    default: T,
    label: str,
    *,
    text: Callable[[T], str] = str,
    kind: Kind = "select",
    help: str | None = None,
    label_visibility: Literal["visible", "hidden", "collapsed"] = "visible",
) -> T:
    """Draw a single choice and return the chosen option.

    Args:
        key: name in the address; pages that share it share the choice.
        options: non-empty; `str(option)` stands in the address.
        default: an option; left out of the address. The first one where it is not among them.
        label: translated label.
        text: what the viewer reads for an option.
        kind: form of the widget.
        help: translated tooltip.
        label_visibility: as in Streamlit.
    """
    by_token = {str(option): option for option in options}
    default_token = str(default) if str(default) in by_token else next(iter(by_token))
    (token,) = _resolve(key, lambda tokens: _single(tokens, by_token), (default_token,))
    _show(key, by_token[token])
    common: dict[str, Any] = {
        "key": widget_key(key),
        "format_func": text,
        "help": help,
        "on_change": _keep,
        "args": (key,),
        "label_visibility": label_visibility,
    }
    place = list(options).index(by_token[token])
    if kind == "segmented":
        st.segmented_control(label, list(options), default=by_token[token], required=True, **common)
    elif kind == "pills":
        st.pills(label, list(options), default=by_token[token], required=True, **common)
    elif kind == "radio":
        st.radio(label, list(options), index=place, horizontal=True, **common)
    else:
        st.selectbox(label, list(options), index=place, **common)
    return by_token[token]


def choices(
    key: str,
    options: Sequence[T],
    default: Sequence[T],
    label: str,
    *,
    text: Callable[[T], str] = str,
    kind: Literal["multiselect", "pills", "segmented"] = "multiselect",
    max_selections: int | None = None,
    help: str | None = None,
) -> list[T]:
    """Draw a multiple choice and return what is chosen, in the order of `options`.

    An option in a link that does not exist is dropped, the others stay. `max_selections`
    holds for `kind="multiselect"`.
    """
    by_token = {str(option): option for option in options}
    limit = max_selections or len(by_token)
    default_tokens = tuple(str(option) for option in default if str(option) in by_token)[:limit]

    def clean(tokens: Tokens) -> Tokens | None:
        known = tuple(token for token in by_token if token in tokens)[:limit]
        return known or (("",) if tokens == ("",) else None)

    tokens = _resolve(key, clean, clean(default_tokens) or ("",))
    chosen = [by_token[token] for token in tokens if token in by_token]
    _show(key, chosen)
    common: dict[str, Any] = {
        "key": widget_key(key),
        "default": chosen,
        "format_func": text,
        "help": help,
        "on_change": _keep,
        "args": (key,),
    }
    if kind == "pills":
        st.pills(label, list(options), selection_mode="multi", **common)
    elif kind == "segmented":
        st.segmented_control(label, list(options), selection_mode="multi", **common)
    else:
        st.multiselect(
            label,
            list(options),
            max_selections=max_selections,
            placeholder=_("Choose one or more"),
            select_all=language() == "en",  # Streamlit's entry for it knows no other language
            **common,
        )
    return chosen


def toggle(key: str, default: bool, label: str, *, help: str | None = None) -> bool:
    """Draw a switch; the address says 1 or 0."""
    (token,) = _resolve(key, lambda tokens: _single(tokens, ("0", "1")), _encode(default))
    _show(key, token == "1")
    st.toggle(label, token == "1", key=widget_key(key), help=help, on_change=_keep, args=(key,))
    return token == "1"


def slider(
    key: str,
    minimum: float,
    maximum: float,
    default: float,
    label: str,
    *,
    step: float | None = None,
    format: str | None = None,
    help: str | None = None,
) -> float:
    """Draw a slider and return its number: an int where `default` is one.

    A number outside [minimum, maximum] in a link counts as not given.
    """
    number = type(default)

    def clean(tokens: Tokens) -> Tokens | None:
        try:
            return tokens if minimum <= number(*tokens) <= maximum else None
        except (TypeError, ValueError):
            return None

    (token,) = _resolve(key, clean, _encode(default))
    value = number(token)
    _show(key, value)
    st.slider(
        label,
        number(minimum),
        number(maximum),
        value,
        step=step,
        format=format,
        key=widget_key(key),
        help=help,
        on_change=_keep,
        args=(key,),
    )
    return value


def pager(key: str, pages: int, of: Hashable = None) -> int:
    """Draw page numbers, where there are several, and return the chosen page, 1 to `pages`.

    A page in a link that does not exist counts as not given, which is page 1.

    Args:
        key: name in the address.
        pages: at least 1.
        of: what is leafed through; once it is something else, that begins at page 1, unless
            a freshly opened link names another page.
    """
    name = f"{key}.of"
    if st.session_state.get(name, of) != of:
        put(key, 1)
    st.session_state[name] = of
    if pages == 1:
        return 1
    by_token = {str(page): page for page in range(1, pages + 1)}
    (token,) = _resolve(key, lambda tokens: _single(tokens, by_token), ("1",))
    _show(key, by_token[token])
    st.pagination(pages, default=by_token[token], key=widget_key(key), on_change=_keep, args=(key,))
    return by_token[token]


def held(key: str, default: str, valid: Callable[[str], bool], *, private: bool = False) -> str:
    """A choice for which the page draws its own controls; they change it by `put`.

    Args:
        key: name in the address.
        default: left out of the address.
        valid: whether a text from a link can be used; one that cannot counts as not given.
        private: stays in the viewer's own address, and out of the link to hand on.
    """
    if private:
        st.session_state.setdefault(_PRIVATE, set()).add(key)
    (token,) = _resolve(
        key, lambda tokens: tokens if len(tokens) == 1 and valid(tokens[0]) else None, (default,)
    )
    return token


def peek(key: str, options: Sequence[T], default: T) -> T:
    """The chosen option without drawing a widget, and without claiming the address."""
    by_token = {str(option): option for option in options}
    drawn = st.session_state.get(_USED, {}).get(key)
    if drawn is not None:
        known = _single(drawn, by_token)
    else:
        known = _current(key, lambda tokens: _single(tokens, by_token))
    return by_token[known[0]] if known else default


def hidden(key: str, options: Sequence[T], default: T) -> T:
    """A choice of this page, in the address as any other, whose widget is not one of ours.

    For what a button or a click on a chart sets by `put`.
    """
    by_token = {str(option): option for option in options}
    (token,) = _resolve(key, lambda tokens: _single(tokens, by_token), (str(default),))
    return by_token[token]


def put(key: str, value: object) -> None:
    """Set a choice from a callback, as if the viewer had made it."""
    st.session_state.setdefault(_KEPT, {})[key] = _encode(value)


def begin_run() -> None:
    """Forget which choices the page shows; called before a page runs."""
    st.session_state[_USED] = {}


def write_address() -> None:
    """Bring the address up to date in one step; called after a page ran.

    Choices of other pages leave it. Each write makes an entry in the browser's history,
    hence one write for all keys, and none where nothing changed. None after Back or Forward
    either: it would drop what Forward leads to, and Back would lead here for ever.
    """
    address: dict[str, Tokens] = st.session_state.get(_ADDRESS, {})
    used: dict[str, Tokens] = st.session_state.get(_USED, {})
    before = {key: st.query_params.get_all(key) for key in st.query_params}
    after = {key: values for key, values in before.items() if key not in address}
    after |= {key: list(address[key]) for key in address if key in used and address[key]}
    if history.by_history():
        after = before
    for key in address:
        address[key] = tuple(after.get(key, ()))
    if after != before or (history.by_navigation() and after):
        st.query_params.from_dict(after)
    history.ended()


def shown(key: str) -> list[str]:
    """What the address says, or will say after this run, for a choice of this page."""
    return list(st.session_state.get(_ADDRESS, {}).get(key, ()))


def link() -> str:
    """The address of what is on the screen, with every choice spelled out."""
    private = st.session_state.get(_PRIVATE, set())
    used = {
        key: tokens for key, tokens in st.session_state.get(_USED, {}).items() if key not in private
    }
    parts = urlsplit(str(st.context.url or ""))
    return urlunsplit(parts._replace(query=urlencode(used, doseq=True), fragment=""))


def _single(tokens: Tokens, allowed: Container[str]) -> Tokens | None:
    return tokens if len(tokens) == 1 and tokens[0] in allowed else None


def _current(key: str, clean: Clean) -> Tokens | None:
    """What the viewer last said, as far as it is valid here."""
    kept: dict[str, Tokens] = st.session_state.setdefault(_KEPT, {})
    address: dict[str, Tokens] = st.session_state.setdefault(_ADDRESS, {})
    tokens = tuple(st.query_params.get_all(key))
    if tokens and tokens != address.get(key) and clean(tokens) is not None:
        kept[key] = tokens
    elif not tokens and history.back_at_an_answer():
        kept.pop(key, None)
    address[key] = tokens
    return clean(kept[key]) if key in kept else None


def _resolve(key: str, clean: Clean, default: Tokens) -> Tokens:
    """The tokens in force; claims the key for this page and brings the address up to date."""
    tokens = _current(key, clean) or default
    st.session_state.setdefault(_USED, {})[key] = tokens
    st.session_state[_ADDRESS][key] = () if tokens == default else tokens
    if _compat.in_fragment():
        write_address()
    return tokens


def _show(key: str, value: object) -> None:
    """Give the widget its value before it is drawn; only on a difference, so no click is lost."""
    name = widget_key(key)
    if name not in st.session_state or st.session_state[name] != value:
        st.session_state[name] = value


def _keep(key: str) -> None:
    """Callback of every widget: what was clicked becomes what is kept."""
    put(key, st.session_state[widget_key(key)])


def _encode(value: object) -> Tokens:
    if isinstance(value, bool):
        return (str(int(value)),)
    if isinstance(value, list | tuple):
        return tuple(str(item) for item in value) or ("",)
    return (str(value),)
