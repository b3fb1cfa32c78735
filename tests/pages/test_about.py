"""About: the version that runs, and what to cite."""

from __future__ import annotations

import re

import pytest

from core import __version__, paths
from core.ui.about import citation
from tests.pages.app import open_page, texts


@pytest.mark.parametrize("lang", ["en", "id"])
def test_version_and_every_paper(lang: str) -> None:
    app = open_page("about", lang=lang)
    assert __version__ in [card.value for card in app.metric]
    assert citation.bibtex() in [block.value for block in app.code]
    shown = texts(app)
    for paper in citation.papers():
        assert f"[{paper.title}]({paper.url})" in shown


def test_bibtex_is_balanced_and_names_the_version() -> None:
    entry = citation.bibtex()
    assert entry.count("{") == entry.count("}")
    assert f"version = {{{__version__}}}" in entry


def test_the_citation_file_names_the_same_papers() -> None:
    text = (paths.ROOT / "CITATION.cff").read_text(encoding="utf-8")
    urls = set(re.findall(r"^    url: (\S+)$", text, flags=re.MULTILINE))
    urls |= {f"https://doi.org/{doi}" for doi in re.findall(r"^    doi: (\S+)$", text, flags=re.M)}
    assert urls <= {paper.url for paper in citation.papers()}
