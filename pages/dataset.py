"""Dataset: what FER-2013 holds, what is wrong with it, and how to get it."""

import streamlit as st

from core import paths
from core.data.summary import ClassSummary, DatasetSummary
from core.figures import dataset as figures
from core.text import _, number, percent
from core.ui import resources, state, viewer, widgets, words
from core.ui.dataset import findings, samples

IMPORT = "python -m core data import PATH"
SOURCE = "https://www.kaggle.com/datasets/msambare/fer2013"


def how_to_get() -> None:
    st.markdown(
        _(
            "FER-2013 is free for research but may not be passed on, so you fetch it yourself: "
            "the folder or zip of images, `fer2013.csv`, `icml_face_data.csv` or the "
            "competition's `fer2013.tar.gz`, all from [Kaggle]({link}). Then name the file or "
            "folder to the importer; it says what it found."
        ).format(link=SOURCE)
    )
    st.code(IMPORT, language="bash")


def counts(summary: DatasetSummary) -> None:
    total = sum(split.images for split in summary.splits)
    with widgets.card_grid(4):
        widgets.metric_card(_("Images"), number(total), delta=_("48 × 48 pixels, grey"))
        for split in summary.splits:
            widgets.metric_card(
                words.split_name(split.name),
                number(split.images),
                help=words.split_role(split.name),
                delta=_("as published") if split.agrees else _("not as published"),
            )
    by_split = {split.name: split.counts for split in summary.splits}
    report = summary.splits[-1]
    most = report.counts.index(max(report.counts))
    images = figures.counts(by_split, summary.classes, viewer.mode())
    st.markdown(images.sentence)
    bars, shares = st.tabs([_("Images by expression"), _("Shares of each split")])
    with bars:
        widgets.figure_frame(
            images,
            "dataset_counts",
            caption=_(
                "A network that always says '{name}' is right on {share} of {split}. So accuracy "
                "alone flatters; macro scores count every expression equally."
            ).format(
                name=words.class_name(summary.classes[most]),
                share=percent(report.counts[most] / report.images),
                split=report.name,
            ),
        )
    with shares:
        widgets.figure_frame(
            figures.shares(by_split, summary.classes, viewer.mode()), "dataset_shares"
        )


def faces(summary: DatasetSummary) -> None:
    st.header(_("Mean faces"), anchor=False)
    st.caption(
        _(
            "The average of all training images of an expression. What stays visible is what its "
            "images share: an open mouth, raised brows, a smile."
        )
    )
    rows = summary.per_class
    widgets.pictures([(row.face, words.class_label(row.name)) for row in rows])
    with st.expander(_("Brightness and contrast")):
        light = {"brightness": _("Brightness"), "contrast": _("Contrast")}
        which = state.choice(
            "light",
            list(light),
            "brightness",
            _("Measure"),
            text=light.__getitem__,
            kind="segmented",
        )
        axis = {
            "brightness": _("Mean grey level of an image (0 to 255)"),
            "contrast": _("Standard deviation of an image's grey levels (0 to 127.5)"),
        }[which]
        spread(rows, which, axis)


def spread(rows: list[ClassSummary], which: str, axis: str) -> None:
    values = [figures.Percentiles(row.name, **getattr(row, which).model_dump()) for row in rows]
    widgets.figure_frame(figures.spread(values, axis, viewer.mode()), f"dataset_{which}")


widgets.page_header(
    _("Dataset"),
    _("What FER-2013 holds, how unequal it is, and which of its flaws limit any network."),
)
if (paths.results() / "dataset.json").exists():
    with widgets.problems_in_boxes():
        summary = resources.summary()
        counts(summary)
        findings.draw(summary)
        faces(summary)
else:
    widgets.empty_state(
        _("No summary of the dataset yet"),
        _("Once FER-2013 is imported, this command counts and checks it."),
        "python -m core data audit",
    )
st.header(_("The images themselves"), anchor=False)
with widgets.problems_in_boxes():
    dataset = resources.dataset()
    if dataset is None:
        st.markdown(_("They are not on this machine."))
        how_to_get()
    else:
        samples.draw(dataset)
