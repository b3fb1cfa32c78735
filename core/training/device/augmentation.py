"""Augmentation on the device: `core.data.augment` for a whole batch, in JAX.

The same settings, the same distributions and the same order of steps; OpenCV rounds between
the steps and places pixels on a grid of 1/32, which this does not.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from core.data.augment import Augmentation

SMALLEST_ERASED, NARROWEST = 0.02, 0.3
"""Share of the image and ratio of the sides, as `core.data.augment` draws them."""


class Changes(NamedTuple):
    """One `core.data.augment.Change` for each of n chips, as arrays (n,).

    Attributes:
        flip, median: bool.
        rotation: degrees, positive turns counter-clockwise.
        shift_x, shift_y: shares of the side.
        zoom, gain, bias: as there.
        erased: bool, whether `rectangle` is erased.
        rectangle: float (n, 4), left, top, width, height as shares of the side.
    """

    flip: jax.Array
    rotation: jax.Array
    shift_x: jax.Array
    shift_y: jax.Array
    zoom: jax.Array
    gain: jax.Array
    bias: jax.Array
    erased: jax.Array
    rectangle: jax.Array
    median: jax.Array


def draw(key: jax.Array, count: int, settings: Augmentation) -> Changes:
    """Random changes of `count` chips within `settings`."""
    keys = iter(jax.random.split(key, 13))

    def uniform(low: float, high: float) -> jax.Array:
        return jax.random.uniform(next(keys), (count,), minval=low, maxval=high)

    zoom = uniform(1 - settings.zoom_out, 1 + settings.zoom_in)
    shift_x, shift_y = (uniform(-settings.shift, settings.shift) for _ in range(2))
    flip = uniform(0, 1) < settings.flip
    rotation = uniform(-settings.rotation, settings.rotation)
    gain = uniform(1 - settings.contrast, 1 + settings.contrast)
    bias = uniform(-settings.brightness, settings.brightness)
    erased = uniform(0, 1) < settings.erasing
    area = uniform(SMALLEST_ERASED, settings.erasing_area)
    ratio = jnp.exp(uniform(float(np.log(NARROWEST)), float(-np.log(NARROWEST))))
    width = jnp.minimum(1.0, jnp.sqrt(area * ratio))
    height = jnp.minimum(1.0, jnp.sqrt(area / ratio))
    rectangle = jnp.stack(
        [uniform(0, 1) * (1 - width), uniform(0, 1) * (1 - height), width, height], axis=1
    )
    median = uniform(0, 1) < settings.median
    return Changes(flip, rotation, shift_x, shift_y, zoom, gain, bias, erased, rectangle, median)


def apply(chips: jax.Array, changes: Changes, smoothed: bool = True) -> jax.Array:
    """Chips changed one by one, grey values as whole numbers.

    Args:
        chips: float32 (n, h, w), 0 to 255.
        changes: of each chip.
        smoothed: whether any chip may ask for the median filter, which costs time.

    Returns:
        float32 (n, h, w).
    """
    x = jnp.where(_each(changes.median), _median(chips), chips) if smoothed else chips
    x = _moved(x, changes)
    mean = x.mean((1, 2), keepdims=True)
    x = jnp.clip(_each(changes.gain) * (x - mean) + mean + 255 * _each(changes.bias), 0, 255)
    mean = jnp.rint(x.mean((1, 2), keepdims=True))
    return jnp.rint(jnp.where(_inside(x.shape, changes), mean, x))


def augment(key: jax.Array, chips: jax.Array, settings: Augmentation) -> jax.Array:
    """Every chip of float32 (n, h, w) changed by its own random draw."""
    if settings == Augmentation():
        return chips
    changes = draw(key, len(chips), settings)
    return apply(chips, changes, smoothed=settings.median > 0)


def _each(values: jax.Array) -> jax.Array:
    return values[:, None, None]


def _moved(x: jax.Array, changes: Changes) -> jax.Array:
    """Turned, zoomed, shifted and mirrored; each pixel of the result looks up where it was."""
    height, width = x.shape[1:]
    centre_x, centre_y = (width - 1) / 2, (height - 1) / 2
    rows, columns = (jnp.arange(side, dtype=jnp.float32) for side in (height, width))
    right = columns[None, None, :] - centre_x - _each(changes.shift_x * width)
    down = rows[None, :, None] - centre_y - _each(changes.shift_y * height)
    angle = jnp.deg2rad(changes.rotation)
    cosine, sine = _each(jnp.cos(angle) / changes.zoom), _each(jnp.sin(angle) / changes.zoom)
    was_x, was_y = cosine * right - sine * down, sine * right + cosine * down
    was_x = jnp.where(_each(changes.flip), -was_x, was_x) + centre_x
    return bilinear(x, jnp.clip(was_x, 0, width - 1), jnp.clip(was_y + centre_y, 0, height - 1))


def bilinear(x: jax.Array, columns: jax.Array, rows: jax.Array) -> jax.Array:
    """Grey values of float (n, h, w) at float positions (n, h, w) within the image."""
    count, height, width = x.shape
    left, top = jnp.floor(columns), jnp.floor(rows)
    right_share, lower_share = columns - left, rows - top
    first_column, first_row = left.astype(jnp.int32), top.astype(jnp.int32)
    last_column = jnp.minimum(first_column + 1, width - 1)
    last_row = jnp.minimum(first_row + 1, height - 1)
    flat = x.reshape(count, -1)

    def at(row: jax.Array, column: jax.Array) -> jax.Array:
        positions = (row * width + column).reshape(count, -1)
        return jnp.take_along_axis(flat, positions, axis=1).reshape(columns.shape)

    upper = at(first_row, first_column) * (1 - right_share) + at(first_row, last_column) * (
        right_share
    )
    lower = at(last_row, first_column) * (1 - right_share) + at(last_row, last_column) * (
        right_share
    )
    return upper * (1 - lower_share) + lower * lower_share


def _inside(shape: tuple[int, ...], changes: Changes) -> jax.Array:
    """Pixels of each chip's erased rectangle, bool (n, h, w)."""
    _, height, width = shape
    left, top, wide, high = (changes.rectangle[:, place] for place in range(4))

    def within(start: jax.Array, length: jax.Array, side: int) -> jax.Array:
        first = jnp.round(start * side)
        last = jnp.maximum(jnp.round((start + length) * side), 1)
        positions = jnp.arange(side)
        return (positions >= first[:, None]) & (positions < last[:, None])

    rows, columns = within(top, high, height), within(left, wide, width)
    return rows[:, :, None] & columns[:, None, :] & _each(changes.erased)


def _median(x: jax.Array) -> jax.Array:
    """Each pixel's median with its eight neighbours, the border repeated."""
    height, width = x.shape[1:]
    padded = jnp.pad(x, ((0, 0), (1, 1), (1, 1)), mode="edge")
    neighbours = [
        padded[:, row : row + height, column : column + width]
        for row in range(3)
        for column in range(3)
    ]
    return jnp.median(jnp.stack(neighbours), axis=0)
