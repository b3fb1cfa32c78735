"""The small convolutional network on 48x48 grey chips."""

from __future__ import annotations

from typing import Self

import keras
from keras import layers
from pydantic import Field, model_validator

from core.networks.head import classifier
from core.networks.inputs import CHIP, faces_input, prepare
from core.networks.registry import Network, NetworkSettings, register
from core.schema import InitialWeights


class CnnSettings(NetworkSettings):
    """Stages of convolutions, each closed by max pooling.

    Attributes:
        filters: channels of each stage.
        convolutions: convolutions in each stage, as many numbers as in `filters`.
        size: side in pixels of the input.
        batch_norm: batch normalisation behind every convolution; else a bias.
        hidden, dropout: of the head, whose activation is swish.
    """

    filters: tuple[int, ...] = (32, 64, 128)
    convolutions: tuple[int, ...] = (1, 1, 1)
    size: int = Field(CHIP, ge=CHIP, le=224)
    batch_norm: bool = True
    hidden: int = Field(256, ge=0)
    dropout: float = Field(0.3, ge=0, lt=1)

    @model_validator(mode="after")
    def _one_number_a_stage(self) -> Self:
        if len(self.convolutions) != len(self.filters) or min(self.convolutions) < 1:
            raise ValueError("convolutions: expected one positive number for each of filters")
        return self


@register("cnn", CnnSettings)
def build_cnn(settings: CnnSettings, classes: int) -> Network:
    """Build the small CNN. Its grey values are standardised by FER-2013's mean and spread."""
    faces = faces_input()
    x = prepare(faces, settings.size, 1, [129.0], [65.0], settings.median_filter)
    last = ""
    stages = zip(settings.filters, settings.convolutions, strict=True)
    for stage, (filters, convolutions) in enumerate(stages, start=1):
        for number in range(1, convolutions + 1):
            name = f"block{stage}_conv{number}"
            x = layers.Conv2D(
                filters,
                3,
                padding="same",
                use_bias=not settings.batch_norm,
                kernel_initializer="he_normal",
                name=name,
            )(x)
            if settings.batch_norm:
                x = layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
            last = f"{name}_relu"
            x = layers.Activation("relu", name=last)(x)
        if stage < len(settings.filters):
            x = layers.MaxPooling2D(name=f"block{stage}_pool")(x)
    # The last stage is pooled globally by the head; its 12x12 maps make a finer Grad-CAM.
    logits = classifier(x, classes, settings.hidden, "swish", settings.dropout)
    return Network(
        model=keras.Model(faces, logits, name="cnn"),
        features=last,
        input_size=settings.size,
        input_channels=1,
        initial_weights=InitialWeights(kind="random", source="He et al. 2015"),
    )
