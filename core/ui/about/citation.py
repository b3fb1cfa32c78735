"""What to cite: FER Lab itself, and the papers behind the data and the methods."""

from __future__ import annotations

from dataclasses import dataclass

from core import __version__
from core.text import _


@dataclass(frozen=True)
class Paper:
    """One paper.

    Attributes:
        topic: what FER Lab takes from it, in the reader's language.
        authors: as they are cited.
        year: of publication.
        title: as published.
        url: of its abstract.
    """

    topic: str
    authors: str
    year: int
    title: str
    url: str


def bibtex() -> str:
    """FER Lab as a BibTeX entry."""
    return (
        "@software{ferlab,\n"
        "  title   = {{FER Lab}: training and honest comparison of networks for facial "
        "expressions},\n"
        "  author  = {{The FER Lab maintainers}},\n"
        f"  version = {{{__version__}}},\n"
        "  year    = {2026},\n"
        "  note    = {MIT licence}\n"
        "}"
    )


def papers() -> list[Paper]:
    """The papers behind the data and the methods, in the order of the way from data to answer."""
    return [
        Paper(
            _("The dataset, FER-2013"),
            "Goodfellow et al.",
            2013,
            "Challenges in Representation Learning: A report on three machine learning contests",
            "https://arxiv.org/abs/1307.0414",
        ),
        Paper(
            _("The crowd's votes, FER+"),
            "Barsoum, Zhang, Canton Ferrer, Zhang",
            2016,
            "Training Deep Networks for Facial Expression Recognition with Crowd-Sourced Label "
            "Distribution",
            "https://arxiv.org/abs/1608.01041",
        ),
        Paper(
            _("The face detector, YuNet"),
            "Wu, Peng, Yu",
            2023,
            "YuNet: A Tiny Millisecond-level Face Detector",
            "https://doi.org/10.1007/s11633-023-1423-y",
        ),
        Paper(
            "VGG16",
            "Simonyan, Zisserman",
            2015,
            "Very Deep Convolutional Networks for Large-Scale Image Recognition",
            "https://arxiv.org/abs/1409.1556",
        ),
        Paper(
            _("Squeeze-and-excitation"),
            "Hu, Shen, Sun",
            2018,
            "Squeeze-and-Excitation Networks",
            "https://arxiv.org/abs/1709.01507",
        ),
        Paper(
            "ResNet50",
            "He, Zhang, Ren, Sun",
            2016,
            "Deep Residual Learning for Image Recognition",
            "https://arxiv.org/abs/1512.03385",
        ),
        Paper(
            "MobileNetV2",
            "Sandler, Howard, Zhu, Zhmoginov, Chen",
            2018,
            "MobileNetV2: Inverted Residuals and Linear Bottlenecks",
            "https://arxiv.org/abs/1801.04381",
        ),
        Paper(
            _("Where a network looks, Grad-CAM"),
            "Selvaraju et al.",
            2017,
            "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization",
            "https://arxiv.org/abs/1610.02391",
        ),
        Paper(
            _("Calibration, temperature scaling"),
            "Guo, Pleiss, Sun, Weinberger",
            2017,
            "On Calibration of Modern Neural Networks",
            "https://arxiv.org/abs/1706.04599",
        ),
    ]
