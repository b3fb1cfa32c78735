"""Somebody else's confusion matrix or predictions, read from a table.

Understood are matrices of counts with or without names, as scikit-learn, pandas and
spreadsheets write them (`upload_matrix`), and lists with one line an image
(`upload_predictions`): true and predicted classes, or the probabilities of every class. Names
of classes decide, in whatever order; numbers are compared with what is known (`class_order`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from core.data import tables
from core.errors import ResultsError
from core.evaluation import upload_matrix, upload_predictions
from core.evaluation.measured import Measured
from core.schema import PredictionTable
from core.text import _

_REPORT = {"precision", "recall", "f1-score", "support"}
_VOTES = {"usage", "nf", "contempt", "unknown"}


def read(
    content: bytes,
    name: str,
    known: Mapping[str, PredictionTable] | None = None,
    order: str | None = None,
) -> Measured:
    """Read a matrix or predictions.

    Args:
        content: the file.
        name: what the viewer calls the file; becomes the title.
        known: by split, predictions of a network over all seven classes. Where the file's
            labels are those of a split, image by image, its predictions are joined to
            that split's images.
        order: id of the order of classes that the viewer chose for the file's numbers.

    Returns:
        `table` is None where single probabilities are not known. `split` is "" where the
        row sums belong to no split of FER-2013. `notes` say what was assumed or left out.

    Raises:
        OrderError: where numbers stand in another order than FER-2013's, most likely.
        FerLabError: saying which line is wrong, what was expected and what stood there.
    """
    if _REPORT.issubset(content[:2000].decode("latin-1").lower().split()):
        raise _report(name)
    table = tables.read(content, name)
    header = {field.strip().lower() for field in table.records[0][1]}
    if header >= _REPORT - {"f1-score"}:
        raise _report(name)
    if header >= _VOTES:
        raise ResultsError(
            _(
                "{name} holds the votes of FER+, which are no network's answers. Join them to the "
                "dataset with: python -m core data import PATH --votes {name}."
            ).format(name=name)
        )
    title = PurePath(name).stem or name
    if upload_matrix.looks_like(table):
        return upload_matrix.read(table, title, order)
    return upload_predictions.read(table, title, known or {}, order)


def _report(name: str) -> ResultsError:
    return ResultsError(
        _(
            "{name} is a classification report: it says how many images of each class were right, "
            "not for which the others were taken. Expected "
            "pandas.DataFrame(confusion_matrix(y_true, y_pred)).to_csv(...), or the predictions."
        ).format(name=name)
    )
