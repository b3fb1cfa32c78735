"""Keras builders of every network, found by name."""

from core.networks import applications, cnn, vgg16  # noqa: F401  (each registers its builders)
from core.networks.registry import Network, build, names, settings_of

__all__ = ["Network", "build", "names", "settings_of"]
