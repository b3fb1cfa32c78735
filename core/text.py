"""Every visible text goes through here: gettext catalogues, numbers and percentages.

The English text is the message id. `core/locale/<language>.po` holds the translations;
`python -m core messages` brings them up to date. The language of the moment comes from a
source that the user interface sets, so that figures and sentences need not know it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LOCALE = Path(__file__).parent / "locale"
LANGUAGES: dict[str, str] = {"en": "English", "id": "Bahasa Indonesia"}

_source: Callable[[], str] = lambda: "en"  # noqa: E731  (replaced by use_language_source)


def use_language_source(source: Callable[[], str]) -> None:
    """Let `source` say the language of each following text: a key of `LANGUAGES`."""
    global _source
    _source = source


_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Within the block, and only for this thread, texts are in `code`: for files."""
    before = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(before)


def language() -> str:
    """The language of the moment; English where the source names an unknown one."""
    code = _spoken.get() or _source()
    return code if code in LANGUAGES else "en"


@cache
def catalogue(code: str) -> Catalog:
    """The messages of one language."""
    with (LOCALE / f"{code}.po").open("rb") as stream:
        return read_po(stream, locale=code)


def _(message: str) -> str:
    """Translate `message`; the English text itself where no translation stands."""
    entry = catalogue(language()).get(message)
    return str(entry.string) if entry is not None and entry.string else message


def ngettext(singular: str, plural: str, count: int) -> str:
    """Translate with the plural form that `count` takes."""
    book = catalogue(language())
    entry = book.get(singular)
    if entry is None or not isinstance(entry.string, tuple) or not all(entry.string):
        return singular if count == 1 else plural
    forms = entry.string
    position = 0 if len(forms) == 1 else (0 if count == 1 else 1)
    return str(forms[position])


def number(value: float, digits: int = 0) -> str:
    """`value` with a fixed number of decimals and a true minus, in the language's notation.

    What rounds to zero has no sign.
    """
    value = value if round(value, digits) else 0
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value, format=pattern, locale=language()).replace("-", "\u2212")


def signed(value: float, digits: int = 0) -> str:
    """`number` with its sign; what rounds to zero has none."""
    return ("+" if round(value, digits) > 0 else "") + number(value, digits)


def percent(share: float, digits: int = 1) -> str:
    """A share in [0, 1] as a percentage: 0.6604 is '66.0 %' or '66,0 %'."""
    return f"{number(100 * share, digits)} %"
