"""Entry point of the dashboard: `streamlit run Home.py`.

Streamlit finds the app below by reading this file, and serves it; the same file is the script
that the app runs for every viewer. Where Streamlit takes it for a script only, the pages are
the same, without the headers and the bounds on uploads that the app brings.
"""

import streamlit as st

from core.ui import _compat

if not _compat.in_run():
    from core.server import app as server
    from core.ui.faults import explain

    app = st.App(
        __file__,
        routes=server.routes(),
        middleware=server.middleware(),
        lifespan=server.lifespan,
        on_script_error=explain,
    )
else:
    from core.ui import app as dashboard

    dashboard.start()
