"""FER Lab: train, evaluate, compare and run facial-expression networks."""

import sys

__version__ = "0.2.0"

# OpenVINO reports every import of itself to a server of Google's, unless its reporter is missing:
# then it takes its own stub, as it does where the package is not installed.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
