"""Ways for browser and server to find each other: ICE servers, and what is wrong in words.

Where the two cannot reach each other directly, a TURN server passes the video on. No
server of anybody is asked unless the operator named it: see docs/turn.md.
"""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from core.errors import FerLabError
from core.text import _

IceServer = dict[str, Any]
Source = Literal["none", "turn", "twilio", "cloudflare"]

SCHEMES = ("turn:", "turns:", "stun:", "stuns:")

LIFETIME = 12 * 3600
"""Seconds for which hired credentials are asked."""

TIMEOUT = 8.0

KEYS: dict[Source, tuple[str, ...]] = {
    "turn": ("url", "username", "credential"),
    "twilio": ("account_sid", "auth_token"),
    "cloudflare": ("turn_key_id", "api_token"),
}
"""Needs of each kind of server: keys of a section of the secrets, or, in capitals behind
`FER_TURN_`, `FER_TWILIO_` and `FER_CLOUDFLARE_`, variables of the environment."""

Post = Callable[[str, Mapping[str, str], bytes], bytes]


class SetupError(FerLabError):
    """The settings of the connection cannot be used; the message says why."""


class Access(NamedTuple):
    """Where the ICE servers come from.

    Attributes:
        source: kind of server.
        values: of its keys.
    """

    source: Source
    values: Mapping[str, str]


class Finding(NamedTuple):
    """One sentence of the diagnosis, and whether it is good news."""

    text: str
    good: bool


def access(environment: Mapping[str, str], secrets: Mapping[str, Mapping[str, str]]) -> Access:
    """Settings of the operator; the environment goes before the secrets.

    Raises:
        SetupError: if a section is incomplete.
    """
    for source, keys in KEYS.items():
        values = {
            key: environment.get(f"FER_{source}_{key}".upper())
            or str(secrets.get(source, {}).get(key, ""))
            for key in keys
        }
        given = {key: value.strip() for key, value in values.items() if value.strip()}
        if not given:
            continue
        missing = [key for key in keys if key not in given]
        only_stun = source == "turn" and given.get("url", "").startswith(("stun:", "stuns:"))
        if missing and not only_stun:
            raise SetupError(
                _("The settings for {source} lack {keys}. See docs/turn.md.").format(
                    source=source, keys=", ".join(missing)
                )
            )
        return Access(source, given)
    return Access("none", {})


def ice_servers(given: Access, post: Post | None = None) -> list[IceServer]:
    """The servers to hand to browser and server alike; none for `Access("none", {})`.

    Args:
        given: as `access` returns it.
        post: sends a request and returns the answer's body.

    Raises:
        SetupError: if an address cannot be one, or a provider refuses.
    """
    values = given.values
    if given.source == "turn":
        return [_own(values)]
    if given.source == "twilio":
        account = values["account_sid"]
        answer = _asked(
            f"https://api.twilio.com/2010-04-01/Accounts/{account}/Tokens.json",
            {"Authorization": f"Basic {_basic(account, values['auth_token'])}"},
            f"Ttl={LIFETIME}".encode(),
            post or _post,
        )
        return [_hired(server) for server in answer.get("ice_servers", [])]
    if given.source == "cloudflare":
        answer = _asked(
            f"https://rtc.live.cloudflare.com/v1/turn/keys/{values['turn_key_id']}"
            "/credentials/generate-ice-servers",
            {
                "Authorization": f"Bearer {values['api_token']}",
                "Content-Type": "application/json",
            },
            json.dumps({"ttl": LIFETIME}).encode(),
            post or _post,
        )
        servers = answer.get("iceServers", [])
        return [_hired(server) for server in (servers if isinstance(servers, list) else [servers])]
    return []


def explain(report: Mapping[str, Any], servers: Sequence[IceServer]) -> list[Finding]:
    """Say what a browser's report means, in the order in which things must work.

    Args:
        report: of the check in the browser: `secure` (bool), `media` (bool), `camera`
            ("ok" or the name of the error), `cameras` (number), `candidates` (kind to
            number), `errors` (codes of candidates that failed).
        servers: those in force.
    """
    if not report.get("secure", False):
        return [
            Finding(
                _(
                    "The page was not opened over https. Browsers give the camera only to https "
                    "pages and to localhost: put the server behind https."
                ),
                False,
            )
        ]
    if not report.get("media", False):
        return [Finding(_("This browser has no access to cameras. Use a current one."), False)]
    found = [camera(str(report.get("camera", "")))]
    candidates = report.get("candidates", {})
    host, mirrored, relay = (int(candidates.get(kind, 0)) for kind in ("host", "srflx", "relay"))
    errors = {int(code) for code in report.get("errors", [])}
    wants_turn = any(_is_turn(server) for server in servers)
    if relay:
        found.append(Finding(_("The TURN server passes the video on."), True))
    elif wants_turn and errors & {400, 401, 403, 438}:
        found.append(
            Finding(
                _(
                    "The TURN server refused the user name or the password. Compare them with "
                    "the server's own settings."
                ),
                False,
            )
        )
    elif wants_turn:
        found.append(
            Finding(
                _(
                    "The TURN server cannot be reached from this browser. Is it running, and are "
                    "its ports open (3478, and the relay ports)?"
                ),
                False,
            )
        )
    elif mirrored:
        found.append(
            Finding(_("A direct way through the network was found with a STUN server."), True)
        )
    elif host:
        found.append(
            Finding(
                _(
                    "Only addresses of the local network are known. That is enough if the server "
                    "runs on this computer or in the same network; across the internet a TURN "
                    "server is needed, see docs/turn.md."
                ),
                not servers,
            )
        )
    else:
        found.append(
            Finding(
                _(
                    "The browser found no network address at all for the video. Extensions for "
                    "privacy and company policies can forbid WebRTC; take snapshots instead."
                ),
                False,
            )
        )
    return found


def camera(said: str) -> Finding:
    """Say what a browser's answer to the wish for a camera means.

    Args:
        said: "ok", or the name of the error.
    """
    return {
        "ok": Finding(_("The camera works."), True),
        "NotAllowedError": Finding(
            _(
                "The camera is blocked for this page. Allow it at the left end of the address "
                "bar, and in the system's privacy settings."
            ),
            False,
        ),
        "NotFoundError": Finding(_("No camera was found. Connect one and check again."), False),
        "NotReadableError": Finding(
            _("The camera is in use by another program. Close that program and check again."),
            False,
        ),
    }.get(said, Finding(_("The camera did not answer: {reason}.").format(reason=said), False))


def _is_turn(server: IceServer) -> bool:
    urls = server.get("urls", [])
    return any(url.startswith("turn") for url in ([urls] if isinstance(urls, str) else urls))


def _own(values: Mapping[str, str]) -> IceServer:
    urls = [url.strip() for url in values["url"].split(",") if url.strip()]
    for url in urls:
        if not url.startswith(SCHEMES):
            raise SetupError(
                _("Expected an address like turn:example.org:3478. Received: {url}.").format(
                    url=url
                )
            )
    server: IceServer = {"urls": urls}
    if "username" in values:
        server |= {"username": values["username"], "credential": values["credential"]}
    return server


def _hired(server: Mapping[str, Any]) -> IceServer:
    """Only what browsers and aiortc both understand."""
    urls = server.get("urls") or server.get("url") or []
    kept: IceServer = {"urls": [urls] if isinstance(urls, str) else list(urls)}
    return kept | {key: server[key] for key in ("username", "credential") if key in server}


def _basic(user: str, password: str) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode()


def _asked(url: str, headers: Mapping[str, str], body: bytes, post: Post) -> dict[str, Any]:
    host = url.split("/")[2]
    try:
        answer = json.loads(post(url, headers, body))
    except urllib.error.HTTPError as reason:
        raise SetupError(
            _("{host} refused: {reason}. Compare the keys with those of your account.").format(
                host=host, reason=f"{reason.code} {reason.reason}"
            )
        ) from reason
    except (OSError, ValueError) as reason:
        raise SetupError(
            _("{host} did not answer: {reason}.").format(host=host, reason=reason)
        ) from reason
    if not isinstance(answer, dict):
        raise SetupError(
            _("{host} did not answer: {reason}.").format(host=host, reason=type(answer).__name__)
        )
    return answer


def _post(url: str, headers: Mapping[str, str], body: bytes) -> bytes:
    request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
        return bytes(answer.read(1_000_000))
