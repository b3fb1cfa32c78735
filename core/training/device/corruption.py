"""Corruptions on the device: `core.data.corrupting` for a whole batch, in JAX.

Kinds, strengths and order are those of `core.data`; three things are approximated. Photons
are counted by a normal distribution, a lens's disc has a soft edge of one pixel, and grey
levels are rounded behind each step of a kind only where that tells.
"""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from core.data import corruptions
from core.data.corrupting import ORDER, Corrupting
from core.data.corruptions import EYES, GAMMA, MOUTH, SIDE, WHITE
from core.training.device.augmentation import bilinear

RADIUS = 9
"""Of the widest kernel of a blur, in pixels: a Gaussian of 3, a way of 16, a disc of 8."""

BLURS = ("defocus_blur", "motion_blur", "gaussian_blur")

LUMINANCE = (
    *(16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99),
)
"""The JPEG standard's table of quantisation steps (ITU-T T.81, table K.1), row by row."""


def corrupt(key: jax.Array, chips: jax.Array, settings: Corrupting) -> jax.Array:
    """Every chip of float32 (n, 48, 48) corrupted by its own random draw."""
    struck, strengths = draw(key, len(chips), settings)
    return apply(jax.random.fold_in(key, 1), chips, struck, strengths)


def draw(
    key: jax.Array, count: int, settings: Corrupting
) -> tuple[dict[str, jax.Array], dict[str, jax.Array]]:
    """Which kinds corrupt each of `count` chips and how strongly.

    Returns:
        By kind, in order: bool (n,), and float32 (n,) in the kind's unit.
    """
    kinds = settings.ordered
    chance, spared, far = jax.random.uniform(key, (3, len(kinds), count))
    probabilities = jnp.array([kind.probability for _, kind in kinds])[:, None]
    # Of those drawn, the ones with the smallest second number stay.
    rank = jnp.where(chance < probabilities, spared, 2.0)
    threshold = jnp.sort(rank, axis=0)[min(settings.most, len(kinds)) - 1]
    struck, strengths = {}, {}
    for place, (name, kind) in enumerate(kinds):
        low, high = kind.strength
        struck[name] = (rank[place] < 2.0) & (rank[place] <= threshold)
        strengths[name] = low + (high - low) * far[place]
    return struck, strengths


def apply(
    key: jax.Array,
    chips: jax.Array,
    struck: dict[str, jax.Array],
    strengths: dict[str, jax.Array],
) -> jax.Array:
    """Chips corrupted by the given kinds, in their order.

    Args:
        key: of what is random within a kind.
        chips: float32 (n, 48, 48), grey values 0 to 255.
        struck: by kind, bool (n,).
        strengths: by kind, float32 (n,).

    Returns:
        float32 (n, 48, 48), whole numbers 0 to 255.
    """
    x = chips
    for place, kind in enumerate(name for name in ORDER if name in struck):
        here = jax.random.fold_in(key, place)
        if kind in BLURS:
            if kind == [name for name in BLURS if name in struck][-1]:
                x = _blurred(here, x, struck, strengths)
            continue
        changed = jnp.clip(jnp.rint(CHANGES[kind](here, x, strengths[kind])), 0, WHITE)
        x = jnp.where(_each(struck[kind]), changed, x)
    return x


def _each(values: jax.Array) -> jax.Array:
    return values[:, None, None]


def _gaussian_noise(key: jax.Array, x: jax.Array, deviation: jax.Array) -> jax.Array:
    return x + _each(deviation) * jax.random.normal(key, x.shape)


def _shot_noise(key: jax.Array, x: jax.Array, deviation: jax.Array) -> jax.Array:
    return x + _each(deviation) * jnp.sqrt(x / WHITE) * jax.random.normal(key, x.shape)


def _salt_and_pepper(key: jax.Array, x: jax.Array, share: jax.Array) -> jax.Array:
    drawn = jax.random.uniform(key, x.shape)
    dead = jnp.where(drawn < _each(share) / 2, 0.0, WHITE)
    return jnp.where(drawn < _each(share), dead, x)


def _darkness(key: jax.Array, x: jax.Array, stops: jax.Array) -> jax.Array:
    return x * _each(2.0 ** (-stops / GAMMA))


def _brightness(key: jax.Array, x: jax.Array, stops: jax.Array) -> jax.Array:
    return x * _each(2.0 ** (stops / GAMMA))


def _low_contrast(key: jax.Array, x: jax.Array, lost: jax.Array) -> jax.Array:
    mean = x.mean((1, 2), keepdims=True)
    return mean + (1 - _each(lost)) * (x - mean)


def _jpeg(key: jax.Array, x: jax.Array, quality: jax.Array) -> jax.Array:
    """Blocks of 8 x 8 through the cosine transform and back, libjpeg's steps of a quality."""
    setting = jnp.clip(jnp.rint(quality), 1, 100)
    scale = jnp.where(setting < 50, jnp.floor(5000 / setting), 200 - 2 * setting)
    table = np.array(LUMINANCE, np.float32).reshape(8, 8)
    steps = jnp.clip(jnp.floor((table * _each(scale) + 50) / 100), 1, 255)
    steps = steps[:, None, None]
    places = np.arange(8)
    cosines = np.sqrt(2 / 8) * np.cos((2 * places[None] + 1) * places[:, None] * np.pi / 16)
    cosines[0] /= np.sqrt(2)
    basis = jnp.asarray(cosines, jnp.float32)
    blocks = (x - 128).reshape(-1, SIDE // 8, 8, SIDE // 8, 8).transpose(0, 1, 3, 2, 4)
    precise = jax.lax.Precision.HIGHEST
    waves = jnp.einsum("ij,bxyjk,lk->bxyil", basis, blocks, basis, precision=precise)
    waves = jnp.rint(waves / steps) * steps
    blocks = jnp.einsum("ji,bxyjk,kl->bxyil", basis, waves, basis, precision=precise)
    return blocks.transpose(0, 1, 3, 2, 4).reshape(x.shape) + 128


def _low_resolution(key: jax.Array, x: jax.Array, side: jax.Array) -> jax.Array:
    """Means over areas, then cubic splines, each as a matrix (n, 48, 48) from the left and right.

    Of a smaller chip, rows and columns behind `side` are zero.
    """
    small = jnp.clip(jnp.rint(side), 1, SIDE)[:, None, None]
    places = jnp.arange(SIDE, dtype=jnp.float32)
    into, out_of = places[None, :, None], places[None, None, :]
    width = SIDE / small
    overlap = jnp.minimum((into + 1) * width, out_of + 1) - jnp.maximum(into * width, out_of)
    down = jnp.where(into < small, jnp.clip(overlap, 0, None) / width, 0)
    position = (places[None, :, None] + 0.5) / width - 0.5
    first = jnp.floor(position)
    up = jnp.zeros((len(x), SIDE, SIDE))
    for tap in range(-1, 3):
        source = jnp.clip(first + tap, 0, small - 1)
        up = up + _spline(jnp.abs(position - first - tap)) * (source == out_of)
    precise = jax.lax.Precision.HIGHEST
    shrunk = jnp.rint(jnp.einsum("bij,bjk,blk->bil", down, x, down, precision=precise))
    return jnp.einsum("bij,bjk,blk->bil", up, shrunk, up, precision=precise)


def _spline(distance: jax.Array) -> jax.Array:
    """OpenCV's cubic weight at a distance of 0 to 2 pixels (Keys 1981 with a = -0.75)."""
    a = -0.75
    near = ((a + 2) * distance - (a + 3)) * distance**2 + 1
    far = ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a
    return jnp.where(distance <= 1, near, far)


def _rotation(key: jax.Array, x: jax.Array, degrees: jax.Array) -> jax.Array:
    sign = jnp.where(jax.random.uniform(key, (len(x),)) < 0.5, -1.0, 1.0)
    nothing = jnp.zeros(len(x))
    return moved(x, sign * degrees, nothing, nothing, nothing + 1)


def _loose_crop(key: jax.Array, x: jax.Array, share: jax.Array) -> jax.Array:
    turn, larger = jax.random.uniform(key, (2, len(x)))
    angle = 2 * jnp.pi * turn
    zoom = jnp.where(larger < 0.5, 1 + share, 1 / (1 + share))
    way = share * SIDE
    return moved(x, jnp.zeros(len(x)), way * jnp.cos(angle), way * jnp.sin(angle), zoom)


def moved(
    x: jax.Array, degrees: jax.Array, right: jax.Array, down: jax.Array, zoom: jax.Array
) -> jax.Array:
    """Chips turned about their middle, enlarged and moved, the border repeated."""
    middle = (SIDE - 1) / 2
    places = jnp.arange(SIDE, dtype=jnp.float32) - middle
    across = places[None, None, :] - _each(right)
    along = places[None, :, None] - _each(down)
    angle = jnp.deg2rad(degrees)
    cosine, sine = _each(jnp.cos(angle) / zoom), _each(jnp.sin(angle) / zoom)
    columns = cosine * across - sine * along + middle
    rows = sine * across + cosine * along + middle
    return bilinear(x, jnp.clip(columns, 0, SIDE - 1), jnp.clip(rows, 0, SIDE - 1))


def _cover_eyes(key: jax.Array, x: jax.Array, height: jax.Array) -> jax.Array:
    return _barred(x, EYES, height)


def _cover_mouth(key: jax.Array, x: jax.Array, height: jax.Array) -> jax.Array:
    return _barred(x, MOUTH, height)


def _barred(x: jax.Array, middle: float, height: jax.Array) -> jax.Array:
    top = jnp.maximum(jnp.round(middle + 0.5 - height * SIDE / 2), 0)
    nothing = jnp.zeros(len(x))
    return _covered(x, top, nothing, jnp.round(height * SIDE), nothing + SIDE)


def _cover_anywhere(key: jax.Array, x: jax.Array, share: jax.Array) -> jax.Array:
    lengthening, from_top, from_left = jax.random.uniform(key, (3, len(x)))
    ratio = jnp.exp((2 * lengthening - 1) * jnp.log(2.0))
    height = jnp.minimum(jnp.round(SIDE * jnp.sqrt(share / ratio)), SIDE)
    width = jnp.minimum(jnp.round(SIDE * jnp.sqrt(share * ratio)), SIDE)
    top = jnp.floor(from_top * (SIDE - height + 1))
    left = jnp.floor(from_left * (SIDE - width + 1))
    return _covered(x, top, left, height, width)


def _covered(
    x: jax.Array, top: jax.Array, left: jax.Array, height: jax.Array, width: jax.Array
) -> jax.Array:
    places = jnp.arange(SIDE)
    rows = (places >= top[:, None]) & (places < (top + height)[:, None])
    columns = (places >= left[:, None]) & (places < (left + width)[:, None])
    mean = jnp.rint(x.mean((1, 2), keepdims=True))
    return jnp.where(rows[:, :, None] & columns[:, None, :], mean, x)


CHANGES: dict[str, Callable[[jax.Array, jax.Array, jax.Array], jax.Array]] = {
    "gaussian_noise": _gaussian_noise,
    "shot_noise": _shot_noise,
    "salt_and_pepper": _salt_and_pepper,
    "jpeg": _jpeg,
    "low_resolution": _low_resolution,
    "darkness": _darkness,
    "brightness": _brightness,
    "low_contrast": _low_contrast,
    "rotation": _rotation,
    "loose_crop": _loose_crop,
    "cover_eyes": _cover_eyes,
    "cover_mouth": _cover_mouth,
    "cover_anywhere": _cover_anywhere,
}
"""Every kind but the blurs."""


def _blurred(
    key: jax.Array,
    x: jax.Array,
    struck: dict[str, jax.Array],
    strengths: dict[str, jax.Array],
) -> jax.Array:
    """All blurs at once: kernels are multiplied in the frequency domain."""
    makers = {
        "defocus_blur": _disc,
        "motion_blur": lambda length: _line(
            length, jax.random.uniform(key, (len(x),), maxval=jnp.pi)
        ),
        "gaussian_blur": _bell,
    }
    kinds = [kind for kind in BLURS if kind in struck]
    margin = RADIUS * min(2, len(kinds))
    size = SIDE + 2 * margin
    spectrum: jax.Array | float = 1.0
    anywhere = jnp.zeros(len(x), bool)
    for kind in kinds:
        kernel = jnp.where(_each(struck[kind]), makers[kind](strengths[kind]), _point())
        whole = jnp.zeros((len(x), size, size)).at[:, : kernel.shape[1], : kernel.shape[2]]
        spectrum = spectrum * jnp.fft.rfft2(
            jnp.roll(whole.set(kernel), (-RADIUS, -RADIUS), axis=(1, 2))
        )
        anywhere = anywhere | struck[kind]
    framed = jnp.pad(x, ((0, 0), (margin, margin), (margin, margin)), mode="edge")
    smooth = jnp.fft.irfft2(jnp.fft.rfft2(framed) * spectrum, (size, size))
    smooth = smooth[:, margin : margin + SIDE, margin : margin + SIDE]
    return jnp.where(_each(anywhere), jnp.clip(jnp.rint(smooth), 0, WHITE), x)


def _offsets() -> jax.Array:
    return jnp.arange(-RADIUS, RADIUS + 1, dtype=jnp.float32)


def _point() -> jax.Array:
    """The kernel that leaves a chip as it is, (1, k, k)."""
    here = (_offsets() == 0).astype(jnp.float32)
    return (here[:, None] * here[None, :])[None]


def _bell(sigma: jax.Array) -> jax.Array:
    """Gaussians, float32 (n, k, k), each row sums to one."""
    profile = jnp.exp(-(_offsets() ** 2) / (2 * jnp.maximum(sigma, 1e-2)[:, None] ** 2))
    profile = profile / profile.sum(axis=1, keepdims=True)
    return profile[:, :, None] * profile[:, None, :]


def _disc(radius: jax.Array) -> jax.Array:
    """Discs with an edge one pixel wide, float32 (n, k, k), each sums to one."""
    offsets = _offsets()
    distance = jnp.sqrt(offsets[:, None] ** 2 + offsets[None, :] ** 2)
    inside = jnp.clip(_each(radius) + 0.5 - distance, 0, 1)
    return inside / inside.sum((1, 2), keepdims=True)


def _line(length: jax.Array, angle: jax.Array, points: int = 97) -> jax.Array:
    """Straight ways through the middle, float32 (n, k, k), each sums to one.

    Points on a way are shared among the four pixels around them.
    """
    way = length[:, None] * jnp.linspace(-0.5, 0.5, points)
    across, along = way * jnp.cos(angle)[:, None], -way * jnp.sin(angle)[:, None]

    def shares(positions: jax.Array) -> jax.Array:
        return jnp.clip(1 - jnp.abs(_offsets()[None, :, None] - positions[:, None, :]), 0, None)

    precise = jax.lax.Precision.HIGHEST
    kernel = jnp.einsum("bip,bjp->bij", shares(along), shares(across), precision=precise)
    return kernel / points


assert set(CHANGES) | set(BLURS) == set(corruptions.KINDS) == set(ORDER)
