from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from core import cli, messages, text
from core.text import LOCALE


@pytest.mark.parametrize("code", messages.TRANSLATIONS)
def test_the_catalogues_are_complete(code: str) -> None:
    """Every text of the code is translated, with the same placeholders, and nothing is left."""
    catalogue = messages.load(LOCALE / f"{code}.po", code)
    findings = messages.inspect(catalogue, messages.all_texts())
    assert findings == messages.Findings([], [], [], [])


def test_english_is_the_code_itself() -> None:
    assert [path.stem for path in LOCALE.glob("*.po")] == list(messages.TRANSLATIONS)
    with text.in_language("en"):
        assert text._("Not in any catalogue") == "Not in any catalogue"
        assert [text.ngettext("a face", "faces", count) for count in (0, 1, 2)] == [
            *("faces", "a face", "faces")
        ]


def test_what_recipes_say_counts(tmp_path: Path) -> None:
    (tmp_path / "recipes").mkdir()
    recipe = 'title = "A"\nsummary = "Sums up."\nbest_use = "tests"\n[[stages]]\nname = "head"\n'
    (tmp_path / "recipes" / "a.toml").write_text(recipe)
    assert messages.all_texts(tmp_path) == {"A", "Sums up.", "tests", "head"}


CODE = """
from core.text import _, ngettext
from core import text

def page(count, name):
    title = _("Two "
              "parts")
    _("Hello {name}").format(name=name)
    text._("By module")
    heading = f"##### {_('Inside')} {count}"
    return ngettext("{count} image", "{count} images", count).format(count=count)
"""
TEXTS: set[messages.MessageId] = {
    *("Two parts", "Hello {name}", "By module", "Inside"),
    ("{count} image", "{count} images"),
}


def catalogue_of(code: str, entries: dict[messages.MessageId, str | tuple[str, ...]]) -> Catalog:
    found = messages.updated(Catalog(locale=code), set(entries), code)
    for entry in found:
        if entry.id:
            entry.string = entries[entry.id]  # type: ignore[index]
    return found


def test_texts_are_found_in_code(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "one.py").write_text(CODE)
    (tmp_path / "elsewhere.py").write_text('_("Not ours")')
    assert messages.messages_of(messages.source_files(tmp_path)) == TEXTS


@pytest.mark.parametrize(
    ("translation", "kind"),
    [
        ("Halo {name}", None),
        ("{name}: halo", None),
        ("", "untranslated"),
        ("Halo", "unequal"),
        ("Halo {nama}", "unequal"),
        ("Halo {name} {more}", "unequal"),
        ("Halo {name", "unequal"),
    ],
)
def test_translations_are_checked(translation: str, kind: str | None) -> None:
    findings = messages.inspect(catalogue_of("id", {"Hello {name}": translation}), {"Hello {name}"})
    wrong = {name for name, texts in vars(findings).items() if texts}
    assert wrong == ({kind} if kind else set())


@pytest.mark.parametrize(
    ("code", "forms", "good"),
    [
        ("id", ("{count} gambar",), True),
        ("id", ("gambar",), False),
        ("id", ("",), False),
        ("en", ("One image", "{count} images"), True),
        ("en", ("{count} image", "images"), False),
    ],
)
def test_each_plural_form_is_checked(code: str, forms: tuple[str, ...], good: bool) -> None:
    key = ("One image", "{count} images")
    assert bool(messages.inspect(catalogue_of(code, {key: forms}), {key})) is not good


def test_missing_and_unused_texts_are_named() -> None:
    findings = messages.inspect(catalogue_of("id", {"Old": "Lama"}), {"New"})
    assert (findings.missing, findings.unused) == (["New"], ["Old"])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one page, with its catalogues in `locale`."""
    (tmp_path / "Home.py").write_text(CODE)
    monkeypatch.setattr(messages, "LOCALE", tmp_path / "locale")
    monkeypatch.setattr(messages, "all_texts", lambda: messages.messages_of([tmp_path / "Home.py"]))
    return tmp_path


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(["messages", *arguments])
    return int(ended.value.code or 0)


def test_the_command_brings_catalogues_up_to_date(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--check") == 1
    assert not (project / "locale").exists()
    assert run() == 0
    assert "added: 'By module'" in capsys.readouterr().out
    path = project / "locale" / "id.po"
    assert run("--check") == 1
    assert capsys.readouterr().out.count("untranslated") == len(TEXTS)

    catalogue = messages.load(path, "id")
    for entry in catalogue:
        if entry.id:
            entry.string = ("{count} gambar",) if entry.pluralizable else f"(id) {entry.id}"
    path.write_bytes(messages.content(catalogue))
    assert run("--check") == 0

    before = path.read_bytes()
    assert run() == 0
    assert path.read_bytes() == before

    (project / "Home.py").write_text('_("Hello {name}")')
    assert run() == 0
    kept = [entry.id for entry in messages.load(path, "id") if entry.id]
    assert kept == ["Hello {name}"]


@pytest.mark.parametrize(
    ("rule", "forms", "expected"),
    [
        ("nplurals=1; plural=0;", ("{count} gambar",), [0, 0, 0, 0]),
        ("nplurals=2; plural=(n > 1);", ("image", "images"), [0, 0, 1, 1]),
        (
            "nplurals=3; plural=(n==1 ? 0 : n>=2 && n<=4 ? 1 : 2);",
            ("obraz", "obrazy", "obrazów"),
            [2, 0, 1, 2],
        ),
    ],
)
def test_the_catalogue_states_the_plural_rule(
    rule: str,
    forms: tuple[str, ...],
    expected: list[int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = "".join(f'msgstr[{place}] "{form}"\n' for place, form in enumerate(forms))
    (tmp_path / "id.po").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {rule}\\n"\n\nmsgid "{{count}} image"\n'
        f'msgid_plural "{{count}} images"\n{entry}'
    )
    monkeypatch.setattr(text, "LOCALE", tmp_path)
    monkeypatch.setattr(text, "_source", lambda: "id")
    text.translations.cache_clear()
    try:
        spoken = [text.ngettext("{count} image", "{count} images", n) for n in (0, 1, 2, 5)]
        assert spoken == [forms[place] for place in expected]
    finally:
        text.translations.cache_clear()
