"""Runs in another interpreter, one that has the `fer` package; see `benchmarks.batch`.

Writes the package's version, then reads lines `DETECTOR<tab>FILE<tab>FILE...` from standard
input and answers each with the faces of these files and the processor's seconds for them, as
one line of JSON; with `error` instead, where a detector's package is missing. It imports
nothing of this project, whose packages that interpreter need not have.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
import time
from typing import Any


def main() -> None:
    """Answer until standard input ends."""
    # What libraries print must not stand between the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    # By name: this project does not require the package.
    make = importlib.import_module("fer.fer").FER
    logging.disable(logging.CRITICAL)
    print(importlib.import_module("fer").__version__, file=answers, flush=True)
    detectors: dict[str, Any] = {}
    for line in sys.stdin:
        name, *files = line.rstrip("\n").split("\t")
        if name not in detectors:
            try:
                detectors[name] = make(mtcnn=name == "mtcnn")
            except Exception as reason:  # noqa: BLE001  (whatever a missing package makes of it)
                print(json.dumps({"error": str(reason)}), file=answers, flush=True)
                continue
        since = time.process_time()
        faces = sum(len(detectors[name].detect_emotions(file)) for file in files)
        answer = {"faces": faces, "processor": time.process_time() - since}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
