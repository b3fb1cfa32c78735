"""The dataset's flaws in sentences with their numbers, for the Dataset page."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.data.summary import CrowdSummary, DatasetSummary
from core.roles import TRAINING
from core.text import _, ngettext, number, percent
from core.ui import widgets, words


def draw(summary: DatasetSummary) -> None:
    """Copies, contradictions, blank images and what the crowd says about the labels."""
    st.header(_("What the audit found"), anchor=False)
    audit = summary.audit
    with widgets.card_grid(4):
        widgets.metric_card(
            _("Exact copies"),
            number(audit.copies),
            help=_("Images equal in every pixel to an earlier one, in any split."),
            delta=ngettext("{count} group", "{count} groups", audit.groups).format(
                count=number(audit.groups)
            ),
        )
        report = summary.splits[-1]
        leaked = audit.shared_between(report.name, TRAINING)
        widgets.metric_card(
            _("{split} images also in Training").format(split=report.name),
            number(leaked),
            help=_("A network can know these by heart; Results shows accuracy without them."),
            delta=percent(leaked / max(report.images, 1)),
        )
        widgets.metric_card(
            _("Equal images, unequal labels"),
            number(audit.conflicting_images),
            help=_("No network can be right on all of these."),
            delta=ngettext("{count} group", "{count} groups", audit.conflicting_groups).format(
                count=number(audit.conflicting_groups)
            ),
        )
        blank = sum(audit.blank.values())
        widgets.metric_card(_("Blank images"), number(blank), delta=_("one grey level throughout"))
    with st.expander(_("Copies within and between splits")):
        widgets.table(*_copies(summary))
    if summary.crowd:
        _crowd(summary, summary.crowd[-1])


def _copies(summary: DatasetSummary) -> tuple[pd.DataFrame, str, str]:
    audit, names = summary.audit, [split.name for split in summary.splits]
    frame = pd.DataFrame(
        {
            _("copies within it"): [number(audit.copies_within[name]) for name in names],
            **{
                _("also in {split}").format(split=other): [
                    "" if name == other else number(audit.shared_between(name, other))
                    for name in names
                ]
                for other in names
            },
            _("blank"): [number(audit.blank[name]) for name in names],
        },
        index=names,
    )
    return frame, "copies", _("Copies within and between the splits")


def _crowd(summary: DatasetSummary, crowd: CrowdSummary) -> None:
    text, table = st.columns(2, gap="large")
    text.markdown(
        _(
            "**How sure are the labels?** For FER+, ten people named every image again. On "
            "{split} their majority agrees with FER-2013's own label on only **{share}** of "
            "{count} images, so even a perfect observer would look wrong on many."
        ).format(split=crowd.split, share=percent(crowd.agreement), count=number(crowd.images))
    )
    order = sorted(range(len(summary.classes)), key=lambda place: -crowd.recall[place])
    frame = pd.DataFrame(
        {
            words.class_label(summary.classes[place]): [percent(crowd.recall[place], 0)]
            for place in order
        },
        index=[_("Crowd agrees")],
    ).T
    with table:
        widgets.table(
            frame,
            "crowd",
            _("By expression, the share of images that the crowd names as FER-2013 does."),
        )
