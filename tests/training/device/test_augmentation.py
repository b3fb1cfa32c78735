"""The device's augmentation and corruptions, against those of NumPy and OpenCV."""

import cv2
import numpy as np
import pytest

jax = pytest.importorskip("jax", reason="JAX is not installed")

import jax.numpy as jnp  # noqa: E402

from core.data import augment as numpy_augment  # noqa: E402
from core.data import corruptions  # noqa: E402
from core.data.augment import Augmentation, Change  # noqa: E402
from core.data.corrupting import ORDER, Corrupting  # noqa: E402
from core.training.device import augmentation, corruption  # noqa: E402

RANDOM = {
    *("gaussian_noise", "shot_noise", "salt_and_pepper", "motion_blur"),
    *("rotation", "loose_crop", "cover_anywhere"),
}
"""Kinds that draw something of their own, in which the two cannot agree pixel by pixel."""


@pytest.fixture(scope="module")
def chips():
    """Smooth chips with edges, as faces are, uint8 (48, 48, 48)."""
    rng = np.random.default_rng(3)
    coarse = rng.integers(0, 256, (48, 6, 6)).astype(np.float32)
    return np.stack([cv2.resize(one, (48, 48)) for one in coarse]).astype(np.uint8)


def test_the_same_changes_give_the_same_images(chips):
    settings = Augmentation(
        flip=0.5,
        rotation=15,
        shift=0.1,
        zoom_out=0.2,
        zoom_in=0.2,
        contrast=0.3,
        brightness=0.1,
        erasing=0.5,
        median=0.5,
    )
    rng = np.random.default_rng(1)
    drawn = [numpy_augment.draw(settings, rng) for _ in chips]
    expected = np.stack(
        [numpy_augment.apply(chip, change) for chip, change in zip(chips, drawn, strict=True)]
    )
    found = np.asarray(augmentation.apply(jnp.asarray(chips, jnp.float32), as_arrays(drawn)))
    difference = np.abs(found - expected)
    assert np.abs(chips.astype(float) - expected).mean() > 20
    assert difference.mean() < 0.5
    assert np.quantile(difference, 0.99) <= 3


def as_arrays(changes: list[Change]) -> augmentation.Changes:
    def column(name, dtype=np.float32):
        return jnp.asarray(np.array([getattr(change, name) for change in changes], dtype))

    return augmentation.Changes(
        flip=column("flip", bool),
        rotation=column("rotation"),
        shift_x=column("shift_x"),
        shift_y=column("shift_y"),
        zoom=column("zoom"),
        gain=column("gain"),
        bias=column("bias"),
        erased=jnp.asarray([change.erased is not None for change in changes]),
        rectangle=jnp.asarray([change.erased or (0, 0, 0, 0) for change in changes]),
        median=column("median", bool),
    )


def test_draws_keep_to_their_settings():
    settings = Augmentation(
        flip=0.25, rotation=12, shift=0.1, zoom_out=0.1, zoom_in=0.2, contrast=0.2, erasing=0.4
    )
    changes = augmentation.draw(jax.random.PRNGKey(0), 4000, settings)
    rng = np.random.default_rng(0)
    expected = as_arrays([numpy_augment.draw(settings, rng) for _ in range(4000)])
    for name in ("flip", "rotation", "shift_x", "shift_y", "zoom", "gain", "bias", "erased"):
        ours, theirs = (np.asarray(getattr(one, name), np.float32) for one in (changes, expected))
        assert abs(ours.mean() - theirs.mean()) <= 4 * theirs.std() / 60 + 1e-6, name
        assert abs(ours.std() - theirs.std()) <= 0.1 * theirs.std() + 1e-6, name


def test_nothing_is_changed_where_nothing_is_asked(chips):
    x = jnp.asarray(chips, jnp.float32)
    assert augmentation.augment(jax.random.PRNGKey(0), x, Augmentation()) is x


@pytest.mark.parametrize("kind", ORDER)
def test_a_corruption_is_as_strong_as_opencvs(chips, kind):
    for strength in corruptions.KINDS[kind].strengths[1::2]:
        rng = np.random.default_rng(0)
        expected = np.stack([corruptions.apply(chip, kind, strength, rng) for chip in chips])
        found = np.asarray(
            corruption.apply(
                jax.random.PRNGKey(0),
                jnp.asarray(chips, jnp.float32),
                {kind: jnp.ones(len(chips), bool)},
                {kind: jnp.full(len(chips), strength, jnp.float32)},
            )
        )
        assert found.min() >= 0
        assert found.max() <= 255
        assert (found == np.rint(found)).all()
        moved, wanted = (
            np.sqrt(((one - chips.astype(float)) ** 2).mean()) for one in (found, expected)
        )
        assert moved == pytest.approx(wanted, rel=0.15), strength
        if kind not in RANDOM:
            assert np.abs(found - expected).mean() < 0.7, strength


def test_two_kinds_at_most_and_each_as_often_as_said():
    kinds = {name: {"probability": 0.3, "strength": [1, 2]} for name in ORDER[:6]}
    settings = Corrupting.model_validate({"kinds": kinds, "most": 2})
    struck, strengths = corruption.draw(jax.random.PRNGKey(0), 6000, settings)
    count = np.sum([np.asarray(one) for one in struck.values()], axis=0)
    # Of six kinds with 0.3 each: none, one, or else two.
    none, one = 0.7**6, 6 * 0.3 * 0.7**5
    for number, expected in ((0, none), (1, one), (2, 1 - none - one)):
        assert (count == number).mean() == pytest.approx(expected, abs=0.025)
    assert list(struck) == [name for name in ORDER if name in kinds]
    for values in strengths.values():
        assert 1 <= float(values.min()) < 1.01
        assert 1.99 < float(values.max()) <= 2


def test_chips_that_are_spared_stay_as_they_are(chips):
    kinds = {name: {"probability": 0.2, "strength": [1, 2]} for name in ("gaussian_blur", "jpeg")}
    settings = Corrupting.model_validate({"kinds": kinds})
    key = jax.random.PRNGKey(2)
    struck, _ = corruption.draw(key, len(chips), settings)
    spared = ~np.any([np.asarray(one) for one in struck.values()], axis=0)
    found = np.asarray(corruption.corrupt(key, jnp.asarray(chips, jnp.float32), settings))
    assert spared.any()
    assert (~spared).any()
    same = (found == chips).all(axis=(1, 2))
    assert same[spared].all()
    assert not same[~spared].any()
