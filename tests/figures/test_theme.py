"""One look: styles that stay with their network, colours that can be read."""

from __future__ import annotations

from itertools import combinations

import pytest

from core import text
from core.figures import theme
from core.labels import EXPRESSIONS


def test_known_networks_keep_their_style_in_every_company() -> None:
    whole = theme.network_styles(theme.KNOWN)
    for name in theme.KNOWN:
        assert theme.network_styles([name, "another"])[name] == whole[name]


def test_styles_of_one_figure_differ_in_colour_and_in_shape() -> None:
    styles = theme.network_styles([*theme.KNOWN[:6], *"abcdef"])
    assert len({style.color for style in styles.values()}) == 12
    assert len({style.symbol for style in styles.values()}) == 12


def test_many_networks_still_get_styles() -> None:
    assert len(theme.network_styles([f"net_{place}" for place in range(30)])) == 30


def test_order_does_not_matter() -> None:
    names = ["plain", "gated", "cnn_48", "third"]
    assert theme.network_styles(names) == theme.network_styles(reversed(names))


@pytest.mark.parametrize("mode", theme.MODES)
def test_network_colours_stand_out_from_the_page_and_from_expressions(mode: theme.Mode) -> None:
    colors = {style.color for style in theme.network_styles(theme.KNOWN, mode).values()}
    for color in colors:
        assert theme.contrast(color, theme.INKS[mode].paper) >= 4
    assert colors.isdisjoint(expression.color.upper() for expression in EXPRESSIONS)


def test_no_network_is_drawn_as_the_star_of_the_kept_epoch() -> None:
    symbols = {style.symbol for style in theme.network_styles(theme.KNOWN).values()}
    assert not any("star" in symbol for symbol in symbols)


@pytest.mark.parametrize("mode", theme.MODES)
def test_text_passes_on_its_backgrounds(mode: theme.Mode) -> None:
    ink = theme.INKS[mode]
    for color, back in ((ink.text, ink.paper), (ink.muted, ink.paper), (ink.text, ink.panel)):
        assert theme.contrast(color, back) >= 4.5


@pytest.mark.parametrize("mode", theme.MODES)
@pytest.mark.parametrize("scales", [theme.SEQUENTIAL, theme.DIVERGING])
def test_numbers_can_be_read_on_every_cell(
    scales: dict[theme.Mode, list[tuple[float, str]]], mode: theme.Mode
) -> None:
    for step in range(101):
        color = theme.color_at(scales[mode], step / 100)
        assert theme.contrast(theme.readable_on(color), color) >= 4.5


@pytest.mark.parametrize("mode", theme.MODES)
def test_sequential_scale_is_monotonous_in_lightness(mode: theme.Mode) -> None:
    paper = theme.INKS[mode].paper
    found = [
        theme.contrast(theme.color_at(theme.SEQUENTIAL[mode], step / 20), paper)
        for step in range(21)
    ]
    assert found == sorted(found)


def test_known_contrasts() -> None:
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert theme.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("share", "color"),
    [(0, "#000000"), (0.5, "#808080"), (0.75, "#c0c0c0"), (1, "#ffffff"), (2, "#ffffff")],
)
def test_colour_of_a_scale(share: float, color: str) -> None:
    assert theme.color_at([(0.0, "#000000"), (0.5, "#808080"), (1.0, "#ffffff")], share) == color


@pytest.mark.parametrize(("code", "separators"), [("en", ".,"), ("id", ",.")])
def test_numbers_follow_the_language(
    monkeypatch: pytest.MonkeyPatch, code: str, separators: str
) -> None:
    monkeypatch.setattr(text, "_source", lambda: code)
    assert theme.blank().layout.separators == separators


@pytest.mark.parametrize("mode", theme.MODES)
def test_a_figure_stands_on_the_page_s_colour(mode: theme.Mode) -> None:
    look = theme.blank(mode).layout.template.layout
    assert look.paper_bgcolor == look.plot_bgcolor == theme.INKS[mode].paper


def test_title_makes_room_for_its_lines() -> None:
    short = theme.entitle(theme.blank(), "One line.")
    long = theme.entitle(theme.blank(), "Words and words and words. " * 4)
    assert long.layout.title.text.count("<br>") == 1
    assert long.layout.margin.t > short.layout.margin.t


def test_alpha() -> None:
    assert theme.with_alpha("#102030", 0.5) == "rgba(16,32,48,0.5)"


def test_dark_and_light_styles_differ_only_in_colour() -> None:
    for name in theme.KNOWN:
        dark, light = (theme.network_styles([name], mode)[name] for mode in theme.MODES)
        assert dark.color != light.color
        assert (dark.symbol, dark.dash, dark.pattern) == (light.symbol, light.dash, light.pattern)


def test_styles_that_share_a_dash_do_not_share_a_symbol() -> None:
    styles = theme.network_styles(theme.KNOWN).values()
    for first, second in combinations(styles, 2):
        assert (first.symbol, first.dash) != (second.symbol, second.dash)
