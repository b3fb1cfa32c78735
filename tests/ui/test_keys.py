"""The keys of choices: pages that share one share its value, so it must mean the same there."""

from __future__ import annotations

import ast
from collections import defaultdict

from core import paths

DRAWN = {"choice", "choices", "toggle", "slider", "pager", "held", "hidden"}

CHOOSERS = {"networks.choose_one": "model", "networks.choose_many": "models"}
"""Functions that draw a choice of networks, with the key that they use unless told another."""

SHARED = {
    "by": "network of the batch that is looked at",
    "calibrated": "whether probabilities are calibrated",
    "class": "expression that is looked at",
    "model": "network that is looked at",
    "models": "networks that are shown or asked",
    "norm": "what the numbers in a matrix are shares of",
    "score": "score of each expression",
    "threshold": "confidence from which an answer counts",
}
"""Keys of several modules, and what each means in all of them."""


def drawn() -> dict[str, set[str]]:
    """Modules that draw a choice, by its key."""
    found: dict[str, set[str]] = defaultdict(set)
    files = [*(paths.ROOT / "core" / "ui").rglob("*.py"), *(paths.ROOT / "pages").glob("*.py")]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("state."):
                name, key = ast.unparse(node.func).removeprefix("state."), node.args[:1]
                if name in DRAWN and isinstance(key[0], ast.Constant):
                    found[str(key[0].value)].add(file.name)
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in CHOOSERS:
                given = [word.value for word in node.keywords if word.arg == "key"]
                keys = [str(value.value) for value in given if isinstance(value, ast.Constant)]
                for key_used in keys or [CHOOSERS[ast.unparse(node.func)]]:
                    found[key_used].add(file.name)
    return found


def test_a_key_of_several_modules_is_known_to_mean_the_same_in_all() -> None:
    assert {key for key, files in drawn().items() if len(files) > 1} == set(SHARED)
