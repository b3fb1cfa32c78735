"""MobileNetV2 and ResNet50 from `keras.applications`, on enlarged grey chips."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
from keras import layers
from pydantic import Field

from core import paths
from core.errors import RecipeError
from core.networks.head import classifier
from core.networks.inputs import faces_input, prepare
from core.networks.registry import Network, NetworkSettings, register
from core.schema import InitialWeights

APPLICATIONS: dict[str, Callable[..., keras.Model]] = {
    "mobilenet_v2": keras.applications.MobileNetV2,
    "resnet50": keras.applications.ResNet50,
}

IMAGENET = InitialWeights(kind="imagenet", source="keras.applications")
RANDOM = InitialWeights(kind="random", source="keras.applications, Glorot & Bengio 2010")
MOMENTUM = 0.95
"""Of the running means of batch normalisation, where weights start at random. That of
`keras.applications` (0.99, MobileNetV2 0.999) suits ImageNet's epochs of 5,000 steps: in one of
ours, of some hundred, the means never catch up with the weights."""

FILES = {
    "mobilenet_v2": "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_{size}_no_top.h5",
    "resnet50": "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
}
"""What Keras calls the weights without classifier, which `FER_WEIGHTS` may hold."""

SIZES = (96, 128, 160, 192, 224)
"""Sides in pixels at which Keras offers MobileNetV2's weights."""

LAST_IN_BLOCK = ("project_BN", "3_bn")
"""How MobileNetV2 and ResNet50 name the last normalisation of a residual block."""


class ApplicationSettings(NetworkSettings):
    """What varies between these networks.

    Attributes:
        size: side in pixels to which the chip is enlarged.
        head_filters: channels of a 3x3 convolution before the pooling, 0 for none.
        hidden: units of the head's hidden layer (ReLU), 0 for none.
        dropout: in the head.
        imagenet: start from ImageNet weights: Keras's own file in `FER_WEIGHTS`, or else
            downloaded by Keras; from random ones otherwise.
    """

    size: int = Field(96, ge=48, le=224)
    head_filters: int = Field(0, ge=0)
    hidden: int = Field(0, ge=0)
    dropout: float = Field(0.3, ge=0, lt=1)
    imagenet: bool = True


@register("mobilenet_v2", ApplicationSettings)
def build_mobilenet_v2(settings: ApplicationSettings, classes: int) -> Network:
    """MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381)."""
    centre = (127.5,) * 3
    return _build("mobilenet_v2", settings, classes, mean=centre, deviation=centre)


@register("resnet50", ApplicationSettings)
def build_resnet50(settings: ApplicationSettings, classes: int) -> Network:
    """ResNet50 (He et al. 2016, arXiv:1512.03385), whose weights expect BGR means."""
    means = (103.939, 116.779, 123.68)
    return _build("resnet50", settings, classes, mean=means, deviation=(1.0,) * 3)


def _build(
    name: str,
    settings: ApplicationSettings,
    classes: int,
    mean: Sequence[float],
    deviation: Sequence[float],
) -> Network:
    faces = faces_input()
    x = prepare(faces, settings.size, 3, mean, deviation, settings.median_filter)
    backbone = _pretrained(name, x, settings.size) if settings.imagenet else _random(name, x)
    x = backbone.output
    features, head = backbone.layers[-1].name, "pooled"
    if settings.head_filters:
        features, head = "head_conv_relu", "head_conv"
        x = layers.Conv2D(settings.head_filters, 3, padding="same", name="head_conv")(x)
        x = layers.Activation("relu", name="head_conv_relu")(x)
    logits = classifier(x, classes, settings.hidden, "relu", settings.dropout)
    return Network(
        model=keras.Model(faces, logits, name=backbone.name),
        features=features,
        input_size=settings.size,
        input_channels=3,
        initial_weights=IMAGENET if settings.imagenet else RANDOM,
        head=head,
    )


def _pretrained(name: str, x: keras.KerasTensor, size: int) -> keras.Model:
    """The backbone on `x` with ImageNet's weights.

    Raises:
        RecipeError: if there are none, or a file holds those of another network.
    """
    names = [FILES[name].format(size=side) for side in _nearest(size)]
    files = [paths.weights().parent / file for file in dict.fromkeys(names)]
    file = next((file for file in files if file.is_file()), None)
    try:
        return APPLICATIONS[name](
            include_top=False, weights="imagenet" if file is None else str(file), input_tensor=x
        )
    except Exception as reason:  # keras.utils.get_file raises a bare Exception offline
        if file is not None:
            raise RecipeError(
                f"network.settings.imagenet: {file} does not hold the weights of {name}: {reason}"
            ) from reason
        if "URL fetch failure" not in str(reason):
            raise
        raise RecipeError(
            f"network.settings.imagenet: no weights at {files[0]}, and Keras could not download "
            "them. Put the file there (FER_WEIGHTS names the folder), or set imagenet = false to "
            "start from random weights."
        ) from reason


def _nearest(size: int) -> list[int]:
    """Sizes of offered weights, nearest first."""
    return sorted(SIZES, key=lambda side: abs(side - size))


def _random(name: str, x: keras.KerasTensor) -> keras.Model:
    backbone = APPLICATIONS[name](include_top=False, weights=None, input_tensor=x)
    _prepare_for_learning_from_nothing(backbone)
    return backbone


def _prepare_for_learning_from_nothing(backbone: keras.Model) -> None:
    """Let running means follow, and begin with blocks that hand on what they get.

    The last normalisation of a residual block begins with a scale of 0 (Goyal et al. 2017,
    arXiv:1706.02677, 5.1): so deep a network else takes an epoch to leave the class shares.
    """
    blocks = [
        layer.name.removesuffix("add") for layer in backbone.layers if isinstance(layer, layers.Add)
    ]
    last = {f"{block}{name}" for block in blocks for name in LAST_IN_BLOCK}
    for layer in backbone.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = MOMENTUM
            if layer.name in last:
                layer.gamma.assign(layer.gamma * 0)
