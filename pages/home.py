"""Home: what this is, the headline comparison, the way in."""

import streamlit as st

from core.errors import ResultsError
from core.evaluation import seeds, significance
from core.evaluation.results import NetworkResults
from core.text import _, number, percent
from core.ui import networks, sitemap, widgets


def headline(usable: list[NetworkResults]) -> None:
    pair, without = networks.headline(usable), networks.ablation(usable)
    shown = [*pair[:1], without, *pair[1:]] if without else pair
    scores = pair[0].metrics.report
    st.markdown(
        _("**How many of {n} test faces does each network name as the crowd worker did?**").format(
            n=number(scores.n)
        )
    )
    with widgets.card_grid(len(shown), min_width=240):
        for item in shown:
            report = item.metrics.report
            widgets.metric_card(
                _("{network}: accuracy").format(network=item.title),
                percent(report.accuracy),
                help=_("On {split}, which took no part in training or selection.").format(
                    split=report.split
                ),
                delta=f"{networks.interval(report)} · "
                + _("macro F1 {score}").format(score=percent(report.macro.f1)),
            )
    if len(pair) == 2:
        compared(pair[0], pair[1])
    if without:
        question = _("Is it squeeze-and-excitation that helps?")
        compared(without, pair[1], f"**{question}**", over_seeds(without, pair[1]))
    leader, rival = networks.leader(usable), networks.leader(shown)
    if leader and rival and leader not in shown:
        question = _("Which network is the best here?")
        scores = leader.metrics.report
        answer = _("{network}, with {accuracy} ({interval}).").format(
            network=leader.title,
            accuracy=percent(scores.accuracy),
            interval=networks.interval(scores),
        )
        compared(rival, leader, f"**{question}** {answer}")


def compared(a: NetworkResults, b: NetworkResults, question: str = "", more: str = "") -> None:
    split = a.metrics.report.split
    if split not in a.tables or split not in b.tables or a.classes != b.classes:
        return
    try:
        found = significance.compare(a.tables[split], b.tables[split])
    except ResultsError as problem:
        widgets.error_box(str(problem))
        return
    answer = significance.sentence(found, a.title, b.title)
    st.markdown(" ".join(filter(None, (question, answer, more))))


def over_seeds(*pair: NetworkResults) -> str:
    """What the pair's runs from several seeds say; nothing where there are none."""
    asked = seeds.contests(seeds.spreads(pair, pair[0].metrics.report.split))
    return " ".join(seeds.sentence(contest) for contest in asked)


def ways_in() -> None:
    for section, entries in sitemap.sections().items():
        if not section:
            continue
        st.subheader(section, anchor=False)
        with widgets.card_grid(3, min_width=240):
            for entry in entries:
                with st.container(border=True, gap="xxsmall", height="stretch"):
                    widgets.page_link(entry.name, f"**{entry.title}**", f":material/{entry.icon}:")
                    st.caption(entry.purpose)


widgets.page_header(
    "FER Lab",
    _(
        "Networks that read seven facial expressions from small grey faces: trained on FER-2013, "
        "measured with intervals, and open to your own photos."
    ),
)
with st.container(horizontal=True, gap="small"):
    widgets.page_link("predict", _("**Try it with a photo**"), ":material/add_reaction:")
    widgets.page_link("live", _("**Try it with your camera**"), ":material/videocam:")
usable = networks.has_results()
if usable:
    headline(usable)
ways_in()
st.caption(
    _(
        "An expression is not an emotion: the networks guess which of seven words a person would "
        "have ticked for a picture. Not for decisions about people."
    )
)
