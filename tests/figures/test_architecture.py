"""The drawing of a network's layers."""

from __future__ import annotations

from core.figures import architecture
from core.schema import Layer

LAYERS = [
    Layer("faces", "input", 3, 64),
    Layer("conv", "convolution", 64, 64, 3, 1792, "ReLU"),
    Layer("se", "gate", 64, 64, parameters=580, activation="sigmoid"),
    Layer("pooled", "pooling", 64, 1, 64),
    Layer("logits", "dense", 7, 1, parameters=455, activation="softmax"),
]


def test_every_layer_is_a_bar_that_names_it() -> None:
    chart = architecture.diagram(LAYERS, "dark")
    hovers = [text for trace in chart.figure.data for text in trace.text]
    assert len(hovers) == len(LAYERS)
    (conv,) = (text for text in hovers if "<b>conv</b>" in text)
    assert "64 maps of 64 × 64" in conv
    assert "1,792 parameters" in conv
    assert "then ReLU" in conv
    heights = {trace.name: trace.y[0] for trace in chart.figure.data}
    assert heights["Convolution"] > heights["Dense layer"]
    assert "Squeeze-and-excitation: 1" in chart.sentence


def test_the_table_has_a_row_for_every_layer() -> None:
    table = architecture.table(LAYERS)
    assert table["layer"].tolist() == [layer.name for layer in LAYERS]
    assert table["parameters"].sum() == 1792 + 580 + 455
