"""The REST API: photos, jobs, networks and results over HTTP."""

PATH = "/api/v1"
"""Where the server has it."""
