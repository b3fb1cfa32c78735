"""Entry point of the dashboard: `streamlit run Home.py`."""

from core.ui import app

app.start()
