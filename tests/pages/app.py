"""Open the dashboard in a test as a viewer would."""

from __future__ import annotations

import json
from typing import Any

from streamlit.testing.v1 import AppTest

from core import paths

FAULT = ":material/bug_report:"


def open_page(name: str, lang: str = "en", **choices: str | list[str]) -> AppTest:
    """The dashboard on `pages/<name>.py`, run once through `Home.py`.

    Fails the test where the page ended in a fault of its own; problems that the page
    reports (`app.error`) are for the test to judge.
    """
    app = AppTest.from_file(str(paths.ROOT / "Home.py"), default_timeout=30)
    app.query_params["lang"] = lang
    for key, value in choices.items():
        app.query_params[key] = value
    if name != "home":
        app.switch_page(f"pages/{name}.py")
    app.run()
    check(app)
    return app


def check(app: AppTest) -> AppTest:
    """Fail where the script or the page raised; for use after each further run."""
    assert not app.exception, [item.value for item in app.exception]
    faults = [item.value for item in app.error if item.icon == FAULT]
    assert not faults, f"{faults}; see the captured log"
    return app


def texts(app: AppTest) -> str:
    """All visible running text, for looking up words; every space a plain one."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "error", "warning", "info")
    found = [getattr(item, "value", "") for kind in kinds for item in app.get(kind)]
    found += [f"{item.label} {item.value} {item.delta}" for item in app.metric]
    return "\n".join(str(item) for item in found).replace("\u00a0", " ")


def components(app: AppTest, name: str) -> list[dict[str, Any]]:
    """What the page's own browser components of a name are given, in their order."""
    found: list[dict[str, Any]] = []

    def walk(block: Any) -> None:
        for child in block.children.values():
            if getattr(child, "children", None):
                walk(child)
            elif child.type == "bidi_component" and child.proto.component_name == f"fer_lab_{name}":
                found.append(json.loads(child.proto.json or child.proto.mixed.json))

    walk(app.main)
    return found
