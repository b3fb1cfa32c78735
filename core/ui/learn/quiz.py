"""The quiz: name ten faces, then see your own matrix beside the networks."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluation import quiz
from core.evaluation.metrics import confusion, wilson
from core.evaluation.published import published
from core.evaluation.quiz import Question
from core.evaluation.results import NetworkResults
from core.figures import confusion as figures
from core.labels import CLASSES
from core.roles import REPORT
from core.text import _, number, percent
from core.ui import face_tiles, resources, state, viewer, widgets, words

KEY = "quiz"
_FORM = re.compile(rf"(\d{{1,4}})\.([0-{len(CLASSES) - 1}]{{0,{quiz.QUESTIONS}}})")


@dataclass(frozen=True)
class Game:
    """Where the viewer is: which faces, and the answers so far as positions in `CLASSES`."""

    seed: int
    answers: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Game:
        """From what stands in the address: the seed, a dot, a digit an answer."""
        found = _FORM.fullmatch(text)
        if found is None:
            return cls(1, ())
        return cls(int(found[1]), tuple(map(int, found[2])))

    def __str__(self) -> str:
        return f"{self.seed}.{''.join(map(str, self.answers))}"

    def answered(self, answer: int) -> Game:
        """One answer further."""
        return Game(self.seed, (*self.answers, answer))

    def undone(self) -> Game:
        """Without the last answer."""
        return Game(self.seed, self.answers[:-1])

    def again(self) -> Game:
        """The same faces from the start."""
        return Game(self.seed, ())

    def other(self) -> Game:
        """Other faces."""
        return Game(self.seed % 9999 + 1, ())


def draw(usable: list[NetworkResults]) -> None:
    """Draw the question at hand, or the result after the last one."""
    whole = [item for item in usable if set(item.classes) == set(CLASSES)]
    game = Game.of(state.held(KEY, "1.", lambda text: bool(_FORM.fullmatch(text))))
    questions, source = _questions(whole, game.seed)
    if not questions:
        widgets.empty_state(
            _("No faces to guess"),
            _(
                "The quiz shows images of FER-2013 where it is imported, else mean faces of a "
                "network's confusion matrix. Neither is here."
            ),
            "python -m core data import PATH",
            ("dataset", _("How to get the dataset")),
        )
        return
    st.caption(source)
    if len(game.answers) < len(questions):
        _ask(questions, game)
    else:
        _result(questions, game, whole)
    _controls(game)


def _questions(whole: list[NetworkResults], seed: int) -> tuple[list[Question], str]:
    """The faces and a sentence on where they come from."""
    with widgets.problems_in_boxes():
        dataset = resources.dataset()
        if dataset is not None:
            return quiz.from_dataset(dataset, seed, REPORT), _(
                "Ten images of {split}, which no network was trained on: every expression at "
                "least once. What counts as right is FER-2013's label, which can be wrong itself."
            ).format(split=REPORT)
    for item in whole:
        cells, table = item.cells.get(REPORT), item.tables.get(REPORT)
        if cells is not None and table is not None:
            return quiz.from_cells(cells, table, item.classes, seed), _(
                "FER-2013's images are not here and may not be passed on, so these are mean "
                "faces: each is the average of all images of {split} with one label to which "
                "{network} gave one answer. A network's answer is what it said most often about "
                "the images behind the face; its single images were sharper than what you see."
            ).format(split=REPORT, network=item.title)
    return [], ""


def _go(game: Game) -> None:
    state.put(KEY, str(game))


def _ask(questions: list[Question], game: Game) -> None:
    place = len(game.answers)
    st.progress(
        place / len(questions),
        text=_("Face {place} of {count}").format(place=place + 1, count=len(questions)),
    )
    left, right = st.columns([1, 2], gap="medium", vertical_alignment="center")
    with left:
        st.image(
            face_tiles.png_url(questions[place].face, 288),
            caption=_("Which expression is this?"),
            width=240,
        )
    with right, widgets.card_grid(3, min_width=120):
        for answer, name in enumerate(CLASSES):
            st.button(
                words.class_label(name),
                key=f"quiz_{name}",
                on_click=_go,
                args=(game.answered(answer),),
                width="stretch",
            )


def _controls(game: Game) -> None:
    with st.container(horizontal=True, gap="small"):
        for label, icon, target, allowed in (
            (_("Undo"), "undo", game.undone(), bool(game.answers)),
            (_("Start again"), "restart_alt", game.again(), bool(game.answers)),
            (_("Other faces"), "shuffle", game.other(), True),
        ):
            st.button(
                label,
                key=f"quiz_{icon}",
                icon=f":material/{icon}:",
                on_click=_go,
                args=(target,),
                disabled=not allowed,
                type="tertiary",
            )


def _result(questions: list[Question], game: Game, whole: list[NetworkResults]) -> None:
    label = np.array([CLASSES.index(question.label) for question in questions])
    answers = np.array(game.answers)
    right = int((answers == label).sum())
    low, high = wilson(right, len(label))
    human = published().human
    with widgets.card_grid(3, min_width=180):
        widgets.metric_card(
            _("You"),
            _("{right} of {count}").format(right=right, count=len(label)),
            delta=_("95%: {low} to {high}").format(low=percent(low, 0), high=percent(high, 0)),
        )
        widgets.metric_card(
            _("People in the study"),
            _("{value} ± {spread}").format(
                value=percent(human.accuracy, 0), spread=number(100 * human.spread)
            ),
            help=human.text,
        )
        best = max((_hits(questions, item) for item in whole), default=None)
        if best is not None:
            widgets.metric_card(
                _("Best network on these"),
                _("{right} of {count}").format(right=best, count=len(label)),
            )
    st.caption(
        _(
            "Ten faces say little: the interval is wide. And the ten are evenly mixed, while a "
            "quarter of FER-2013 is happy, the easiest."
        )
    )
    left, side = st.columns([1.15, 1], gap="medium")
    with left:
        matrix = confusion(label, answers, len(CLASSES))
        st.markdown(f"### {_('Your confusion matrix')}")
        widgets.figure_frame(
            figures.matrix(matrix, CLASSES, "none", viewer.mode()),
            "your_matrix",
        )
    with side:
        st.markdown(f"### {_('On the same ten')}")
        _ranking(questions, right, whole)
    st.markdown(f"### {_('Face by face')}")
    _review(questions, game, whole)


def _answers(questions: list[Question], item: NetworkResults) -> list[quiz.Reply | None]:
    table = item.tables.get(REPORT)
    if table is None:
        return [None] * len(questions)
    return [quiz.reply(question, table, item.classes) for question in questions]


def _hits(questions: list[Question], item: NetworkResults) -> int:
    return sum(
        reply is not None and reply.name == question.label
        for reply, question in zip(_answers(questions, item), questions, strict=True)
    )


def _ranking(questions: list[Question], right: int, whole: list[NetworkResults]) -> None:
    rows = [(f"**{_('You')}**", right, "")]
    rows += [
        (
            widgets.plain(item.title),
            _hits(questions, item),
            percent(item.metrics.report.accuracy),
        )
        for item in whole
        if REPORT in item.tables
    ]
    rows.sort(key=lambda row: -row[1])
    widgets.table(
        pd.DataFrame(
            {
                _("Right of ten"): [number(count) for _name, count, _all in rows],
                _("On all of {split}").format(split=REPORT): [
                    every for _name, _count, every in rows
                ],
            },
            index=[name for name, _count, _all in rows],
        ),
        "quiz_ranking",
        _("You and the networks on the same faces"),
    )


def _review(questions: list[Question], game: Game, whole: list[NetworkResults]) -> None:
    shown = [item for item in whole if REPORT in item.tables][:2]
    replies = {item.title: _answers(questions, item) for item in shown}
    tiles = []
    for place, question in enumerate(questions):
        mine = CLASSES[game.answers[place]]
        lines = [
            words.class_label(question.label),
            _("{mark} you: {answer}").format(
                mark=_mark(mine == question.label), answer=words.class_name(mine)
            ),
        ]
        for title, found in replies.items():
            reply = found[place]
            if reply is not None:
                lines.append(
                    _("{mark} {network}: {answer}").format(
                        mark=_mark(reply.name == question.label),
                        network=title,
                        answer=words.class_name(reply.name),
                    )
                )
        tiles.append(face_tiles.Tile(question.face, lines, ", ".join(lines)))
    face_tiles.draw(tiles)


def _mark(right: bool) -> str:
    return "✓" if right else "✗"
