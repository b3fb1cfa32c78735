"""The seven expressions of FER-2013: order, names, emoji and colour.

The order is the one of the `emotion` column of FER-2013 and therefore of every
confusion matrix and probability vector in this project.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Expression:
    """One expression class.

    Attributes:
        index: position in FER-2013's order, 0 to 6.
        name: the identifier used in files and file names (English, lower case).
        emoji: a glyph that says the same without colour.
        color: hex colour, told apart by colour-blind readers on dark and on light
            (after Okabe and Ito, "Color Universal Design", 2008).
    """

    index: int
    name: str
    emoji: str
    color: str


EXPRESSIONS: tuple[Expression, ...] = (
    Expression(0, "angry", "😠", "#D55E00"),
    Expression(1, "disgust", "🤢", "#009E73"),
    Expression(2, "fear", "😨", "#CC79A7"),
    Expression(3, "happy", "😄", "#E69F00"),
    Expression(4, "sad", "😢", "#0072B2"),
    Expression(5, "surprise", "😲", "#56B4E9"),
    Expression(6, "neutral", "😐", "#999999"),
)

CLASSES: tuple[str, ...] = tuple(expression.name for expression in EXPRESSIONS)
BY_NAME: dict[str, Expression] = {expression.name: expression for expression in EXPRESSIONS}
