"""FER Lab: train, evaluate, compare and run facial-expression networks."""

__version__ = "0.2.0"
