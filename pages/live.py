"""Live camera: every face of the webcam read while it runs, with what it costs to do so."""

import streamlit as st

from core.live.processor import Live
from core.schema import Card
from core.text import _
from core.ui import networks, resources, state, widgets
from core.ui._compat import DeltaGenerator
from core.ui.live import connection, measurements, play, recording, snapshot, stream
from core.words.networks import title


def choose(
    cards: list[Card], middle: DeltaGenerator, right: DeltaGenerator
) -> tuple[list[Card], stream.Camera]:
    """The networks, and everything else behind a button; settings hold at once."""
    with middle:
        chosen = stream.choose_networks(cards)
    with right, st.popover(_("Options"), icon=":material/tune:", width="stretch"):
        viewer.processor.settings = stream.choose_settings(chosen, viewer.rest)
        camera = stream.choose_camera()
    return chosen, camera


def beside(chosen: dict[str, Card], playing: bool) -> None:
    """The expression of this moment."""
    seen = viewer.processor.live()
    if not playing:
        st.info(
            _("Start the camera; the expression of your face appears here."),
            icon=":material/videocam:",
        )
        return
    measurements.now(seen, measurements.chosen_face(seen), chosen)


def below(chosen: dict[str, Card], playing: bool) -> None:
    """The last minutes, the figures of the processing, and what to do with them."""
    seen = viewer.processor.live()
    if not playing:
        seen = seen._replace(faces=())
    if seen.readouts.processed or seen.readouts.errors:
        measurements.readouts(seen.readouts, playing)
        face = st.session_state.get("live.face") or next((f.id for f in seen.faces), None)
        measurements.timeline(seen, face or _last(seen), chosen)
    recorded, game, rest = st.tabs([_("Recording"), _("Game"), _("My neutral face")])
    with recorded:
        recording.controls(viewer.processor.recording, playing)
        recording.summary(
            viewer.processor.recording, {name: title(card) for name, card in chosen.items()}
        )
    with game:
        play.game(viewer, seen, chosen)
    with rest:
        play.resting(viewer, seen, chosen)


def _last(seen: Live) -> int | None:
    return seen.moments[-1].face if seen.moments else None


def video(chosen: list[Card], camera: stream.Camera) -> None:
    servers = connection.servers()
    by_id = {card.id: card for card in chosen}
    left, right = st.columns([3, 2], gap="medium")
    with left:
        if stream.seats().free(viewer.stream):
            state_now = stream.stream(viewer, servers, camera.size, camera.rate)
            connection.camera_problem()
            if state_now is not None:
                connection.break_problem(viewer, state_now)
        else:
            state_now = None
            st.warning(
                _(
                    "This server serves {count} cameras at once, and all places are taken. Try "
                    "again in a few minutes, or take snapshots."
                ).format(count=stream.seats().limit),
                icon=":material/groups:",
            )
    playing = state_now is not None and state_now.playing
    if state_now is not None and state_now.connecting and not playing:
        left.caption(_("Connecting … If this takes longer than ten seconds, use the check below."))
    with right:
        st.fragment(beside, run_every=0.5 if playing else None)(by_id, playing)
    st.fragment(below, run_every=1.0 if playing else None)(by_id, playing)
    with st.expander(_("No picture? Camera and connection"), icon=":material/troubleshoot:"):
        connection.check(servers)


widgets.page_header(
    _("Live camera"), _("Your webcam, and what the networks read in every face while it runs.")
)
cards = resources.cards()
if cards:
    viewer = stream.session()
    left, middle, right = st.columns([2, 4, 1.4], vertical_alignment="bottom")
    with left:
        mode = state.choice(
            "live",
            ["video", "snapshot"],
            "video",
            _("Mode"),
            text=lambda name: {"video": _("Video"), "snapshot": _("Snapshots")}[name],
            kind="segmented",
            help=_("Snapshots work where a company's network lets no video through."),
        )
    chosen, wanted = choose(cards, middle, right)
    if not chosen:
        st.info(_("Choose at least one network."), icon=":material/touch_app:")
    elif mode == "video":
        video(chosen, wanted)
    else:
        snapshot.draw(chosen, viewer.processor.settings)
    networks.explain(chosen)
    widgets.page_link("predict", _("No camera? Try a photo"), ":material/add_reaction:")
else:
    widgets.empty_state(
        _("No networks yet"),
        _("The camera needs at least one network to name the expressions."),
        "python -m core train cnn_48",
        ("training", _("How networks are trained")),
    )
st.caption(
    _(
        "Frames are processed in this server's memory and forgotten; none is stored. An expression "
        "is not an emotion: this is nothing to judge people by."
    )
)
