"""What every stored record has in common: reading, writing, and how it was made."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core import __version__
from core.errors import FerLabError, ResultsError
from core.files import read_json, shown, write_json

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Positive = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=2**53)]
Classes = Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(min_length=2)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def first_problem(reason: ValidationError, *above: str) -> str:
    """The first thing that is wrong, as a sentence that begins with its key.

    Args:
        reason: what pydantic found.
        above: keys in front of those that pydantic knows.
    """
    first = reason.errors()[0]
    key = ".".join(str(name) for name in (*above, *first["loc"])) or "(whole file)"
    return f"{shown(key)[:200]}: {first['msg']}."


class Record(BaseModel):
    """Something read from a file: unknown keys are refused, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Document(Record):
    """A record that is a whole file."""

    @classmethod
    def read(cls, path: Path, error: type[FerLabError] = ResultsError) -> Self:
        """Read and validate `path`.

        Raises:
            FerLabError: of the given kind, naming the file and the first wrong key.
        """
        content = read_json(path, error)
        try:
            return cls.model_validate(content)
        except ValidationError as reason:
            raise error(f"{path}: {first_problem(reason)}") from reason

    def write(self, path: Path) -> None:
        """Write the record to `path` atomically."""
        write_json(path, self.model_dump(mode="json"))


class Made(Record):
    """How a file came to be, so that it can be made again."""

    command: str
    date: str
    versions: dict[str, str]

    @classmethod
    def now(cls, command: str, *packages: str) -> Made:
        """Made at this moment by `command`, with FER Lab and `packages` as they are installed."""
        return cls(
            command=command,
            date=datetime.now(UTC).isoformat(timespec="seconds"),
            versions={"fer-lab": __version__, **{name: version(name) for name in packages}},
        )
