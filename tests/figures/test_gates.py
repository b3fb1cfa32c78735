from __future__ import annotations

import numpy as np
import pytest

from core.figures import gates
from core.figures.theme import MODES, Mode

BLOCKS = {"block3": 70, "block4": 6}
VALUES = np.linspace(0, 1, 76)


def test_every_gate_belongs_to_its_block() -> None:
    parts = gates.split_gates(VALUES, BLOCKS)
    assert {name: len(part) for name, part in parts.items()} == BLOCKS
    assert (np.concatenate(list(parts.values())) == VALUES).all()


def test_a_card_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Expected 76 gates\. Received: 5"):
        gates.split_gates(np.zeros(5), BLOCKS)


@pytest.mark.parametrize("mode", MODES)
def test_raster_shows_every_channel_once(mode: Mode) -> None:
    figure = gates.raster(VALUES, BLOCKS, "Gated", mode).figure
    assert len(figure.data) == 2
    first = np.asarray(figure.data[0].z, dtype=float)
    assert first.shape == (3, gates.COLUMNS)
    assert (first.ravel()[:70] == VALUES[:70]).all()
    assert np.isnan(first.ravel()[70:]).all()
    assert np.asarray(figure.data[1].customdata).ravel().tolist() == list(range(6))
    assert [note.text for note in figure.layout.annotations] == [
        "block3: 70 channels",
        "block4: 6 channels",
    ]


def test_raster_of_a_single_block() -> None:
    assert len(gates.raster(np.ones(4), {"only": 4}, "Gated").figure.data) == 1


def test_summary_counts_and_names_the_open_ones() -> None:
    row = gates.summary(np.array([0.1, 0.9, 0.6, 0.2]), {"block": 4}, named=2).iloc[0]
    assert (row.channels, row.open, row.most_open) == (4, 2, [1, 2])
    assert row["mean"] == pytest.approx(0.45)


def test_table_has_one_row_a_channel() -> None:
    table = gates.table(VALUES, BLOCKS)
    assert len(table) == 76
    assert table[table.block == "block4"].channel.tolist() == list(range(6))
