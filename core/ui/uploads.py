"""What the viewer may upload, and why a file was refused."""

from __future__ import annotations

from core.server.app import ledger
from core.server.limits import MEGABYTE
from core.server.uploads import Reason
from core.text import _, number
from core.ui import _compat, widgets


def largest(own: int | None = None) -> int:
    """Megabytes of the largest file that an upload takes.

    Args:
        own: bytes that what reads the file would take; no bound where not given.
    """
    file = ledger().limits.file
    return max(1, min(file, own or file) // MEGABYTE)


def tell_refusals() -> None:
    """Draw why files were refused since the last run."""
    for reason in dict.fromkeys(ledger().take_refusals(_compat.session())):
        widgets.error_box(_sentence(reason), _("A file was not taken"))


def _sentence(reason: Reason) -> str:
    limits = ledger().limits
    size = {"file": limits.file, "viewer": limits.viewer}.get(reason, limits.all) // MEGABYTE
    if reason == "file":
        text = _("It is larger than the {size} MB that one file may have here.")
    elif reason == "viewer":
        text = _(
            "All your files together may have {size} MB here. Remove some of those that you "
            "uploaded before, or classify a folder of any size from the command line."
        )
    elif reason == "all":
        text = _(
            "Everybody's files together have reached the {size} MB that this server takes. Try "
            "again in a few minutes, or run the dashboard on your own computer."
        )
    else:
        text = _("The browser did not say how large it is, or sent it twice. Add it again.")
    return text.format(size=number(size))
