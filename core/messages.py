"""`python -m core messages`: bring the message catalogues up to date with the code."""

from __future__ import annotations

import ast
import io
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Annotated

import typer
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from babel.plural import to_gettext
from rich.console import Console

from core import paths
from core.errors import FerLabError
from core.files import atomic_write
from core.text import LANGUAGES, LOCALE, SOURCE_LANGUAGE

TRANSLATIONS: tuple[str, ...] = tuple(code for code in LANGUAGES if code != SOURCE_LANGUAGE)
"""Languages that have a catalogue; English is the message ids themselves."""

KEYWORDS: dict[str, int] = {"_": 1, "later": 1, "ngettext": 2}
"""Functions that translate, with how many texts they take."""

MessageId = str | tuple[str, str]
"""An English text, or its singular and plural."""

app = typer.Typer()


@dataclass(frozen=True)
class Findings:
    """What is wrong with one catalogue: English texts, each list sorted.

    Attributes:
        missing: in the code, not in the catalogue.
        unused: in the catalogue, not in the code.
        untranslated: in both, with no translation.
        unequal: the translation has other `{placeholders}` than the English text.
    """

    missing: list[str]
    unused: list[str]
    untranslated: list[str]
    unequal: list[str]

    def __bool__(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.missing or self.unused or self.untranslated or self.unequal)


def messages_of(files: Iterable[Path]) -> set[MessageId]:
    """The texts that Python files pass to `_` and `ngettext`, also within f-strings."""
    found: set[MessageId] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_bytes(), str(file))):
            if not isinstance(node, ast.Call):
                continue
            wanted = KEYWORDS.get(getattr(node.func, "id", getattr(node.func, "attr", "")), 0)
            texts = [
                part.value
                for part in node.args[:wanted]
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            ]
            if wanted and len(texts) == wanted:
                found.add(texts[0] if wanted == 1 else (texts[0], texts[1]))
    return found


def recipe_texts(root: Path) -> set[MessageId]:
    """Texts of recipes that pages show: titles, sentences about networks, names of stages."""
    found: set[MessageId] = set()
    for file in sorted((root / "recipes").glob("*.toml")):
        recipe = tomllib.loads(file.read_text(encoding="utf-8"))
        found |= {recipe[key] for key in ("title", "summary", "best_use") if key in recipe}
        found |= {stage["name"] for stage in recipe["stages"]}
    return found


def all_texts(root: Path = paths.ROOT) -> set[MessageId]:
    """Every text that a viewer may see: of the code and of the recipes."""
    return messages_of(source_files(root)) | recipe_texts(root)


def source_files(root: Path) -> list[Path]:
    """Every Python file whose texts a viewer may see."""
    found = [root / "Home.py", *(root / "pages").rglob("*.py"), *(root / "core").rglob("*.py")]
    return sorted(file for file in found if file.is_file())


def inspect(catalogue: Catalog, messages: set[MessageId]) -> Findings:
    """Compare a catalogue with the texts of the code."""
    there = {_id(entry): entry for entry in catalogue if entry.id}
    common = [there[message] for message in messages & there.keys()]
    untranslated = [entry for entry in common if not _is_translated(entry)]
    unequal = [entry for entry in common if _is_translated(entry) and not _is_equal(entry)]
    return Findings(
        missing=sorted(_text(message) for message in messages - there.keys()),
        unused=sorted(_text(message) for message in there.keys() - messages),
        untranslated=sorted(_text(_id(entry)) for entry in untranslated),
        unequal=sorted(_text(_id(entry)) for entry in unequal),
    )


def updated(catalogue: Catalog, messages: set[MessageId], code: str) -> Catalog:
    """A catalogue of exactly `messages`, with the translations that stand in `catalogue`."""
    there = {_id(entry): entry for entry in catalogue if entry.id}
    fresh = _empty(code)
    fresh.creation_date = fresh.revision_date = catalogue.creation_date
    for message in messages:
        empty = "" if isinstance(message, str) else ("",) * fresh.num_plurals
        text = there[message].string if message in there else empty
        flags = ("python-brace-format",) if any(_fields(part) for part in _parts(message)) else ()
        fresh.add(message, text, flags=flags)
    return fresh


def load(path: Path, code: str) -> Catalog:
    """Read a catalogue; an empty one where the file is missing."""
    if not path.is_file():
        return _empty(code)
    with path.open("rb") as stream:
        return read_po(stream, locale=code)


def content(catalogue: Catalog) -> bytes:
    """The catalogue as the text of a .po file, entries sorted."""
    stream = io.BytesIO()
    write_po(stream, catalogue, sort_output=True, width=100)
    return stream.getvalue()


@app.command()
def messages(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; fail if anything is wrong.")
    ] = False,
) -> None:
    """Bring core/locale/*.po up to date with the texts in the code."""
    console = Console(soft_wrap=True, highlight=False)
    texts = all_texts()
    wrong = 0
    for code in TRANSLATIONS:
        path = LOCALE / f"{code}.po"
        catalogue = load(path, code)
        findings = inspect(catalogue, texts)
        if not check:
            fresh = content(updated(catalogue, texts, code))
            if not path.is_file() or path.read_bytes() != fresh:
                with atomic_write(path) as stream:
                    stream.write(fresh)
        wrong += bool(findings)
        console.print(f"{path.name}: {len(texts)} texts", markup=False)
        for line in _lines(findings, check):
            console.print(f"  {line}", markup=False)
    if check and wrong:
        raise FerLabError("The catalogues differ from the code. Run: python -m core messages.")


def _lines(findings: Findings, check: bool) -> Iterator[str]:
    """The findings in words, one line a text."""
    kinds = (
        ("missing" if check else "added", findings.missing),
        ("unused" if check else "removed", findings.unused),
        ("untranslated", findings.untranslated),
        ("unequal placeholders", findings.unequal),
    )
    for kind, texts in kinds:
        yield from (f"{kind}: {text!r}" for text in texts)


def _empty(code: str) -> Catalog:
    catalogue = Catalog(
        locale=code,
        header_comment=f"# FER Lab: {LANGUAGES[code]}.",
        project="FER Lab",
        version="1",
        msgid_bugs_address="see README.md",
        last_translator="FER Lab",
        language_team=LANGUAGES[code],
        charset="utf-8",
        fuzzy=False,
    )
    # Babel's own list lacks Indonesian; the CLDR's rules, which it carries too, do not.
    headers = [header for header in catalogue.mime_headers if header[0] != "Plural-Forms"]
    rule = to_gettext(Locale.parse(code).plural_form)
    catalogue.mime_headers = [*headers, ("Plural-Forms", rule)]
    return catalogue


def _id(entry: Message) -> MessageId:
    return (entry.id[0], entry.id[1]) if isinstance(entry.id, (tuple, list)) else entry.id


def _text(message: MessageId) -> str:
    return message if isinstance(message, str) else message[0]


def _parts(text: str | Iterable[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def _is_translated(entry: Message) -> bool:
    return all(_parts(entry.string))


def _is_equal(entry: Message) -> bool:
    """Whether each form has the placeholders of the English form that it stands for."""
    english = _parts(_id(entry))
    forms = _parts(entry.string)
    wanted = english if len(forms) == len(english) else (english[-1],) * len(forms)
    return all(_fields(form) == _fields(text) for form, text in zip(forms, wanted, strict=True))


def _fields(text: str) -> frozenset[str] | None:
    """Names of the placeholders of a format string; None where its braces do not match."""
    try:
        return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)
    except ValueError:
        return None
