"""Errors whose message is meant for the person in front of the screen.

Every message names the file or value, says what was expected and what to do. Pages and
the command line show `str(error)` and nothing else. An error that a thread raises carries a
`core.text.later`, so that it is told in the language of who reads it.
"""

from __future__ import annotations

from core.text import Message


class FerLabError(ValueError):
    """Base of every error that a user can cause or mend."""

    @property
    def message(self) -> Message:
        """The message, to be told later."""
        first = self.args[0] if self.args else ""
        return first if isinstance(first, Message) else Message(str(first))


class DataError(FerLabError):
    """A dataset or an archive is not what the importer can read."""


class ImageError(FerLabError):
    """A picture cannot be decoded or is outside the accepted limits."""


class ModelError(FerLabError):
    """A model folder is missing, incomplete or does not match its card."""


class RecipeError(FerLabError):
    """A recipe has an unknown key or an impossible value."""


class ResultsError(FerLabError):
    """A results file is missing, damaged or against the schema."""
