"""Keep Python's garbage collector off what lives as long as the server.

After every run of a page, and of every fragment of one, Streamlit has all objects searched
for garbage. With the dashboard's libraries loaded these are some 150,000, nearly all of
them parts of modules, which are never freed. The search takes 120 ms on an idle machine and
several times that on a busy one, and no other thread runs meanwhile, not that of a video
either: two viewers of the live page, who have it run three times a second each, brought a
server of two cores to a stand.
"""

from __future__ import annotations

import gc
import sys

_modules = 0


def spare_modules() -> None:
    """Take what is there now out of the search, if modules were loaded since the last call.

    Call it at the start of a run: the last one's garbage was collected at its end. What the
    viewers of this moment keep is spared with the modules; it is freed as soon as nothing
    refers to it, and only what refers to itself in circles stays.
    """
    global _modules
    count = len(sys.modules)
    if count != _modules:
        _modules = count
        gc.freeze()
