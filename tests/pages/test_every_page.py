"""What holds for every page: it renders in both languages, with nothing and with rubbish."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import paths
from tests.conftest import Lab
from tests.pages.app import open_page, texts

PAGES = sorted(path.stem for path in (paths.ROOT / "pages").glob("*.py"))


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh clone's worst case: no model, no result, no dataset."""
    for name in ("FER_MODELS", "FER_RESULTS", "FER_DATA", "FER_RUNS"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))


@pytest.mark.parametrize("page", PAGES)
def test_page_renders_with_nothing(page: str, empty: None) -> None:
    app = open_page(page, lang="id")
    assert app.title[0].value
    assert not app.error


@pytest.mark.parametrize("page", PAGES)
def test_page_renders_with_rubbish(page: str, lab: Lab) -> None:
    """One network's files are damaged: each page says so or does not need them, and goes on."""
    for file in (lab.results / "plain_net").iterdir():
        file.write_bytes(b'{"half": ')
    (lab.models / "plain_net" / "card.json").write_text("[]")
    (lab.results / "dataset.json").write_text('{"classes": 7}')
    app = open_page(page)
    assert app.title[0].value
    assert "Traceback" not in texts(app)


@pytest.mark.parametrize("page", PAGES)
def test_page_is_translated(page: str, lab: Lab) -> None:
    english, indonesian = (texts(open_page(page, lang=lang)) for lang in ("en", "id"))
    assert english != indonesian


def test_a_page_of_its_own_is_sent_through_home(lab: Lab) -> None:
    """The first address opened after a start may run a page's file without Home.py."""
    from streamlit.testing.v1 import AppTest

    # A page without links to others: AppTest goes on in the page's file, where there are none.
    app = AppTest.from_file(str(paths.ROOT / "pages" / "training.py"), default_timeout=30).run()
    assert not app.exception
    assert app.title[0].value == "Training"
