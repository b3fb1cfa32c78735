"""The quicker gradients are the gradients, and stay out of what is saved."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from core.training import convolutions


@settings(max_examples=20, deadline=None)
@given(st.tuples(*(st.integers(1, high) for high in (4, 7, 7, 5, 6))), st.integers(0, 2**32 - 1))
def test_the_gradients_are_those_of_the_plain_convolution(shape, seed) -> None:
    count, height, width, channels, filters = shape
    rng = np.random.default_rng(seed)
    inputs = tf.constant(rng.normal(size=(count, height, width, channels)), tf.float32)
    kernel = tf.constant(rng.normal(size=(3, 3, channels, filters)), tf.float32)
    rising = tf.constant(rng.normal(size=(count, height, width, filters)), tf.float32)
    found = []
    for convolve in (convolutions.convolve, lambda x, k: keras.ops.conv(x, k, padding="same")):
        with tf.GradientTape() as tape:
            tape.watch([inputs, kernel])
            outputs = convolve(inputs, kernel)
        found.append([outputs, *tape.gradient(outputs, [inputs, kernel], rising)])
    for ours, plain in zip(*found, strict=True):
        np.testing.assert_allclose(ours, plain, rtol=1e-4, atol=1e-4)


def network(size: int, dtype: str) -> keras.Model:
    """A few layers, of which only `fits` gains at a `size` of 8 in bfloat16."""
    layers = keras.layers
    inputs = keras.Input((size, size, 4))
    x = layers.Conv2D(8, 3, padding="same", name="fits", dtype=dtype)(inputs)
    x = layers.Conv2D(8, 1, padding="same", name="too_small_a_kernel", dtype=dtype)(x)
    x = layers.Conv2D(8, 3, padding="valid", name="without_edges", dtype=dtype)(x)
    x = layers.DepthwiseConv2D(3, padding="same", name="depthwise", dtype=dtype)(x)
    x = layers.Conv2D(8, 3, 2, padding="same", name="strided", dtype=dtype)(x)
    return keras.Model(inputs, layers.GlobalAveragePooling2D(dtype="float32")(x))


def test_only_layers_that_gain_are_changed() -> None:
    assert convolutions.hasten(network(8, "mixed_bfloat16")) == ["fits"]
    assert convolutions.hasten(network(8, "float32")) == []
    assert convolutions.hasten(network(16, "mixed_bfloat16")) == []


def test_a_graphics_card_is_left_to_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras.distribution, "list_devices", lambda kind: [f"{kind}:0"])
    assert convolutions.hasten(network(8, "mixed_bfloat16")) == []


@pytest.mark.parametrize("eagerly", [False, True])
def test_a_hastened_network_learns_and_is_saved_as_before(tmp_path, eagerly) -> None:
    keras.utils.set_random_seed(1)
    plain = network(8, "mixed_bfloat16")
    keras.utils.set_random_seed(1)
    hastened = network(8, "mixed_bfloat16")
    convolutions.hasten(hastened)
    rng = np.random.default_rng(1)
    inputs = rng.normal(size=(16, 8, 8, 4)).astype(np.float32)
    wanted = rng.normal(size=(16, 8)).astype(np.float32)
    for model in (plain, hastened):
        model.compile(keras.optimizers.SGD(0.1), "mse", run_eagerly=eagerly)
        for _ in range(3):
            model.train_on_batch(inputs, wanted)
    for ours, theirs in zip(hastened.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-3)
    hastened.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert "convolution_op" not in vars(again.get_layer("fits"))
    np.testing.assert_array_equal(again.predict(inputs), hastened.predict(inputs))
