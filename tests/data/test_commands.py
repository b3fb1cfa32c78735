from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from core import cli
from core.data import store
from core.data.fingerprint import Reference
from core.data.summary import DatasetSummary
from tests.data.conftest import write_images, write_votes
from tests.factories import make_dataset


@pytest.fixture
def cache(tmp_path: Path, reference: Reference, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command line puts what it makes, with a small dataset as the one to expect."""
    monkeypatch.setenv("FER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("FER_RESULTS", str(tmp_path / "results"))
    monkeypatch.setattr(Reference, "read", lambda *_: reference)
    return tmp_path / "data"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command, without line breaks."""
    with pytest.raises(SystemExit) as ended:
        cli.main([str(argument) for argument in arguments])
    out, error = capsys.readouterr()
    return int(ended.value.code or 0), re.sub(r"\s+", " ", out), error


def test_import_and_audit(
    cache: Path,
    small: store.Dataset,
    csv_file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    votes = write_votes(tmp_path / "votes.csv", small)
    code, out, _ = run(capsys, "data", "import", str(csv_file), "--votes", str(votes))
    assert code == 0
    assert "Already in the row order of fer2013.csv: 98 of 98 images" in out
    assert "Exact copies: 2 images repeat an earlier one, in 1 groups" in out
    assert "Blank images: Training 1, PublicTest 0, PrivateTest 0" in out
    assert (store.load().faces == small.faces).all()

    code, again, _ = run(capsys, "data", "audit")
    assert code == 0
    assert "Exact copies: 2 images repeat an earlier one, in 1 groups" in again
    assert "FER+ majority agrees with the label of 71.4% of 21 PrivateTest images" in again
    assert DatasetSummary.read(tmp_path / "results" / "dataset.json").split("Training").images == 56


def test_import_of_files_says_how_many_matched(
    cache: Path, small: store.Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strange = small.faces.copy()
    strange[9] = 255 - strange[9]
    changed = store.Dataset(strange, small.labels, small.splits)
    folder = write_images(tmp_path / "faces", changed)
    code, out, _ = run(capsys, "data", "import", str(folder))
    assert code == 0
    assert "97 of 98 images found their row by fingerprint, 1 took the rows left over" in out
    assert "No FER+ votes" in out


@pytest.mark.parametrize("before", [False, True])
def test_a_failed_import_leaves_everything_as_it_was(
    before: bool,
    cache: Path,
    small: store.Dataset,
    csv_file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if before:
        store.save(small)
    path = tmp_path / "fer2013.csv"
    path.write_bytes(csv_file.read_bytes()[:-5000])
    code, out, error = run(capsys, "data", "import", str(path))
    assert (code, out) == (1, "")
    assert error.count("\n") == 1
    assert "fer2013.csv" in error
    assert [file.name for file in cache.glob("*")] == (["fer2013.npz"] if before else [])


def test_an_interrupted_write_leaves_the_old_file(
    cache: Path,
    small: store.Dataset,
    csv_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    store.save(small)
    old = (cache / "fer2013.npz").read_bytes()

    def full(stream: object, **arrays: object) -> None:
        stream.write(b"half")  # type: ignore[attr-defined]
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.data.store.np.savez", full)
    code, _, error = run(capsys, "data", "import", str(csv_file))
    assert code == 1
    assert "No space left on device" in error
    assert [file.name for file in cache.iterdir()] == ["fer2013.npz"]
    assert (cache / "fer2013.npz").read_bytes() == old


def test_audit_without_a_dataset(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, error = run(capsys, "data", "audit")
    assert code == 1
    assert "Import FER-2013 with: python -m core data import PATH" in error


def test_fingerprints_can_be_made_again(
    cache: Path,
    small: store.Dataset,
    reference: Reference,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    store.save(small)
    target = tmp_path / "fingerprints.npz"
    assert run(capsys, "data", "fingerprint", "--target", str(target))[0] == 0
    reference.write(tmp_path / "expected.npz")
    assert target.read_bytes() == (tmp_path / "expected.npz").read_bytes()


def test_corruptions_draw_a_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FER_DATA", str(tmp_path))
    store.save(make_dataset(14), tmp_path / "fer2013.npz")
    averages, images = tmp_path / "averages.png", tmp_path / "images.png"
    assert run(capsys, "data", "corruptions", str(averages))[0] == 0
    assert run(capsys, "data", "corruptions", str(images), "--images", "2")[0] == 0
    with Image.open(averages) as three, Image.open(images) as two:
        assert three.height == two.height
        assert three.width > 1.4 * two.width
