"""Every visible text goes through here: gettext catalogues, numbers and percentages.

The English text is the message id, so English has no catalogue. `core/locale/<language>.po`
holds each translation; `python -m core messages` brings them up to date. The language of the
moment comes from a source that the user interface sets, so that figures and sentences need
not know it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

LOCALE = Path(__file__).parent / "locale"
SOURCE_LANGUAGE = "en"
LANGUAGES: dict[str, str] = {SOURCE_LANGUAGE: "English", "id": "Bahasa Indonesia"}

_source: Callable[[], str] = lambda: SOURCE_LANGUAGE  # noqa: E731  (replaced by use_language_source)


def use_language_source(source: Callable[[], str]) -> None:
    """Let `source` say the language of each following text: a key of `LANGUAGES`."""
    global _source
    _source = source


_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


def speak(code: str) -> None:
    """From here on, and only in this thread, texts are in `code`: asked for once a run.

    Looking the language up where the user interface keeps it took a twentieth of a page.
    """
    _spoken.set(code)


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
    return code if code in LANGUAGES else SOURCE_LANGUAGE


@cache
def translations(code: str) -> NullTranslations:
    """The messages of one language, with its plural rule; English needs none.

    The catalogue is compiled in memory: no compiled file can be forgotten.
    """
    if code == SOURCE_LANGUAGE:
        return NullTranslations()
    compiled = BytesIO()
    with (LOCALE / f"{code}.po").open("rb") as stream:
        write_mo(compiled, read_po(stream, locale=code))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _(message: str) -> str:
    """Translate `message`; the English text itself where no translation stands."""
    return translations(language()).gettext(message) if message else ""  # "" names the header


def ngettext(singular: str, plural: str, count: int) -> str:
    """Translate with the plural form that `count` takes."""
    return translations(language()).ngettext(singular, plural, count)


def _pattern(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


@dataclass(frozen=True)
class Message:
    """A text that is put into words where it is shown, in the language of that moment.

    Errors and results of threads, which belong to no viewer, carry one: `str()` says it.

    Attributes:
        template: the English text, with `{placeholders}`.
        values: what fills these; numbers are written as the language writes them.
    """

    template: str
    values: tuple[tuple[str, str | int | float], ...] = ()

    def __str__(self) -> str:
        spoken = {
            name: value if isinstance(value, str) else number(value) for name, value in self.values
        }
        return _(self.template).format(**spoken) if spoken else _(self.template)


def later(template: str, **values: str | float) -> Message:
    """The text `template`, to be translated and filled in where it is shown."""
    return Message(template, tuple(values.items()))


def number(value: float, digits: int = 0) -> str:
    """`value` with a fixed number of decimals and a true minus, in the language's notation.

    What rounds to zero has no sign.
    """
    value = value if round(value, digits) else 0
    text = format_decimal(value, format=_pattern(digits), locale=language())
    return text.replace("-", "\u2212")


def signed(value: float, digits: int = 0) -> str:
    """`number` with its sign; what rounds to zero has none."""
    return ("+" if round(value, digits) > 0 else "") + number(value, digits)


def percent(share: float, digits: int = 1) -> str:
    """A share as a percentage in the language's notation: 0.6604 is '66.0%' or '66,0%'."""
    share = share if round(100 * share, digits) else 0
    text = format_percent(share, format=_pattern(digits) + "%", locale=language())
    return text.replace("-", "\u2212")
