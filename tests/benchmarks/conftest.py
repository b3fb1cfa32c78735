"""Photos to test with."""

from tests.photos import detector, photo, scene

__all__ = ["detector", "photo", "scene"]
