"""Measurements of this installation: speed and memory, in the user's own surroundings."""
