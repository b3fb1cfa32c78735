"""The words, numbers and codes by which datasets and people name the expressions.

One table, each entry with its source. Words decide wherever there are any. Numbers mean
something else in every dataset: `fitting` says which of them a set of numbers can be, and
whoever reads them shows the choice, or compares it with what is known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from core.labels import CLASSES
from core.text import _

CONTEMPT = "contempt"
"""The eighth class of FER+, AffectNet and CK+, which no network here knows."""

WORDS: dict[str, tuple[str, ...]] = {
    # Adjectives of FER-2013 (Goodfellow et al. 2013), nouns of FER+ (Barsoum et al. 2016),
    # AffectNet (Mollahosseini et al. 2017) and RAF-DB (Li et al. 2017), RaFD's words
    # (Langner et al. 2010), common synonyms, and Indonesian (KBBI).
    "angry": ("anger", "mad", "marah", "kemarahan"),
    "disgust": ("disgusted", "disgusting", "jijik", "muak", "kejijikan"),
    "fear": ("fearful", "afraid", "scared", "takut", "ketakutan"),
    "happy": (
        *("happiness", "joy", "joyful", "smile", "smiling"),
        *("senang", "bahagia", "gembira", "kebahagiaan", "kegembiraan"),
    ),
    "sad": ("sadness", "sedih", "kesedihan"),
    "surprise": ("surprised", "terkejut", "kaget", "keterkejutan"),
    "neutral": ("neutrality", "netral", "biasa"),
    CONTEMPT: ("contemptuous", "menghina", "penghinaan", "jemu"),
}
"""Other names of each class."""

_BY_WORD = {word: name for name, words in WORDS.items() for word in (name, *words)}

_AROUND = {
    *("p", "prob", "probs", "proba", "probability", "probabilities", "score", "scores"),
    *("conf", "confidence", "emotion", "expression", "class", "label", "pct", "percent"),
}
"""Words that stand beside a class in the name of a column, `prob_angry`."""


@dataclass(frozen=True)
class Order:
    """The numbers that a dataset or a library gives to the expressions.

    Attributes:
        id: short; stands in the address and on the command line.
        classes: class by number.
        start: the first number.
        source: where the numbers are laid down.
    """

    id: str
    classes: tuple[str, ...]
    start: int
    source: str

    @property
    def title(self) -> str:
        """Its name for readers."""
        return {
            "fer2013": _("FER-2013's numbers"),
            "alphabetical": _("alphabetical order (Keras, scikit-learn)"),
            "ferplus": _("FER+'s order"),
            "rafdb": _("RAF-DB's numbers"),
            "affectnet": _("AffectNet's numbers"),
            "ckplus": _("CK+'s numbers"),
            "alphabetical8": _("alphabetical order of eight classes (Keras, scikit-learn)"),
        }[self.id]

    @property
    def described(self) -> str:
        """Its name with every number's class."""
        pairs = ", ".join(f"{n} {name}" for n, name in enumerate(self.classes, self.start))
        return f"{self.title}: {pairs}"

    def class_of(self, value: int) -> str | None:
        """The class with a number; None where it has none."""
        place = value - self.start
        return self.classes[place] if 0 <= place < len(self.classes) else None


ORDERS: dict[str, Order] = {
    order.id: order
    for order in (
        Order("fer2013", CLASSES, 0, "Goodfellow et al. 2013, column emotion of fer2013.csv"),
        Order("alphabetical", tuple(sorted(CLASSES)), 0, "flow_from_directory, LabelEncoder"),
        Order(
            "rafdb",
            ("surprise", "fear", "disgust", "happy", "sad", "angry", "neutral"),
            1,
            "Li, Deng and Du 2017, list_patition_label.txt",
        ),
        Order(
            "affectnet",
            ("neutral", "happy", "sad", "surprise", "fear", "disgust", "angry", CONTEMPT),
            0,
            "Mollahosseini, Hasani and Mahoor 2017, column expression",
        ),
        Order(
            "ferplus",
            ("neutral", "happy", "surprise", "sad", "angry", "disgust", "fear", CONTEMPT),
            0,
            "Barsoum et al. 2016, columns of fer2013new.csv",
        ),
        Order(
            "ckplus",
            ("neutral", "angry", CONTEMPT, "disgust", "fear", "happy", "sad", "surprise"),
            0,
            "Lucey et al. 2010, Emotion_labels",
        ),
        Order(
            "alphabetical8",
            tuple(sorted((*CLASSES, CONTEMPT))),
            0,
            "flow_from_directory, LabelEncoder",
        ),
    )
}
"""Orders of classes, likeliest first."""

_CODES: tuple[tuple[re.Pattern[str], Mapping[str, str]], ...] = (
    # JAFFE (Lyons et al. 1998): KA.AN1.39.tiff
    (
        re.compile(r"[a-z]{2}\.(an|di|fe|ha|ne|sa|su)\d\.\d+", re.IGNORECASE),
        {
            **{"an": "angry", "di": "disgust", "fe": "fear", "ha": "happy"},
            **{"ne": "neutral", "sa": "sad", "su": "surprise"},
        },
    ),
    # KDEF (Lundqvist, Flykt and Oehman 1998): AF01ANS.JPG, BM22NEHL.JPG
    (
        re.compile(r"[ab][fm]\d{2}(af|an|di|ha|ne|sa|su)(?:fl|hl|s|hr|fr)", re.IGNORECASE),
        {
            **{"af": "fear", "an": "angry", "di": "disgust", "ha": "happy"},
            **{"ne": "neutral", "sa": "sad", "su": "surprise"},
        },
    ),
    # CREMA-D (Cao et al. 2014): 1001_DFA_ANG_XX.flv
    (
        re.compile(r"\d{4}_[a-z]{3}_(ang|dis|fea|hap|neu|sad)_[a-z]{2}", re.IGNORECASE),
        {
            **{"ang": "angry", "dis": "disgust", "fea": "fear", "hap": "happy"},
            **{"neu": "neutral", "sad": "sad"},
        },
    ),
)


def class_of(word: str) -> str | None:
    """The class that a word names, `contempt` among them; None where it names none.

    Case does not count, nor do numbers in front of it or behind: `3 - happy`, `anger_1`.
    """
    if len(word) > 80:
        return None
    return _BY_WORD.get(re.sub(r"^[\W\d_]+|[\W\d_]+$", "", word).lower())


def class_of_column(title: str) -> str | None:
    """The class that a column's name speaks of: `Anger`, `prob_angry`, `p_happy`."""
    if found := class_of(title):
        return found
    words = re.findall(r"[A-Za-z][a-z]*|[A-Z]+", title[:80]) or []
    words = [word for word in words if word.lower() not in _AROUND]
    return class_of(words[0]) if len(words) == 1 else None


def number_of_column(title: str) -> int | None:
    """The number in a column's name such as `p0`, `prob_3`, `class_5`; None without one."""
    found = re.fullmatch(r"([a-z]*)[ _\-.]?(\d)", title.strip().lower())
    return int(found[2]) if found and found[1] in {"", *_AROUND} else None


def class_of_file(name: str) -> str | None:
    """The class that a file's own name carries, whatever its folders are called.

    By its beginning (`happy_003.png`), the code of a dataset (JAFFE, KDEF, CREMA-D), or a
    word between underscores (RaFD), where it is the only one.
    """
    last = PurePosixPath(name).name
    if found := class_of(re.split(r"[^A-Za-z]", last, maxsplit=1)[0]):
        return found
    for pattern, codes in _CODES:
        if match := pattern.match(last):
            return codes[match[1].lower()]
    words = {word for part in last.rpartition(".")[0].split("_") if (word := class_of(part))}
    return words.pop() if len(words) == 1 and "_" in last else None


def number_of(word: str) -> int | None:
    """A class's number as a file or a folder has it: 0 to 9, or with zeros in front."""
    text = word.strip().removesuffix(".0")
    if not text or len(text) > 3 or not text.isascii() or not text.isdigit():
        return None
    return int(text)


def fitting(numbers: Collection[int]) -> list[Order]:
    """The orders that know every one of the numbers; none for no numbers.

    Likeliest first: those whose first and last number occur before the others.
    """
    if not numbers:
        return []
    found = [
        order
        for order in ORDERS.values()
        if all(order.class_of(number) is not None for number in numbers)
    ]
    low, high = min(numbers), max(numbers)

    def distance(order: Order) -> int:
        return abs(low - order.start) + abs(high - order.start - len(order.classes) + 1)

    return sorted(found, key=distance)


def suggestion(word: str) -> str | None:
    """The word that is meant by one with a single slip, `suprise`; None where none is near."""
    text = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", word[:80]).lower()
    if len(text) < 4 or text in _BY_WORD:
        return None
    return next((known for known in _long_words() if _one_slip(text, known)), None)


@cache
def _long_words() -> Sequence[str]:
    return [word for word in _BY_WORD if len(word) >= 4]


def _one_slip(one: str, other: str) -> bool:
    """Whether a letter more, less, changed, or two exchanged make one word of the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return one != other
    a, b = one[start:], other[start:]
    exchanged = a[:2] == b[1::-1] and a[2:] == b[2:] and len(b) > 1
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or exchanged


def expected() -> str:
    """The class names as an error lists them."""
    return ", ".join(CLASSES)


def did_you_mean(word: str) -> str:
    """A question in brackets that follows an error about a misspelt word; else empty."""
    meant = suggestion(word)
    return " " + _("Did you mean {word}?").format(word=meant) if meant else ""
