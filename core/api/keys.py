"""Keys of the API: who may ask, and how often.

`FER_API_KEYS` holds one entry a key, divided by commas: the SHA-256 of the key in hex, with
a name in front if wished (`class=9f86d0...`). `python -m core api-key` makes a key and prints
its entry; the key itself is stored nowhere. Without keys the API answers on a loopback address
only.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import os
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from core.api.problems import ProblemError
from core.errors import FerLabError
from core.text import _

VARIABLE = "FER_API_KEYS"

RATE = 300
"""Requests a minute for each key; `FER_API_RATE` sets another number."""


@dataclass(frozen=True)
class Key:
    """One who may ask.

    Attributes:
        name: shown in metrics, never the key.
        digest: SHA-256 of the key, 64 hex digits.
    """

    name: str
    digest: str


def read(value: str | None = None) -> tuple[Key, ...]:
    """The keys of `FER_API_KEYS`, or of `value`.

    Raises:
        FerLabError: if an entry is no SHA-256 in hex.
    """
    text = os.environ.get(VARIABLE, "") if value is None else value
    keys = []
    for place, entry in enumerate(filter(None, map(str.strip, text.split(","))), 1):
        name, equals, digest = entry.rpartition("=")
        digest = digest.lower()
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            # The entry is not repeated: it may be the key itself.
            raise FerLabError(
                f"{VARIABLE}: entry {place}: Expected the SHA-256 of a key, 64 hex digits. "
                "Make one by: python -m core api-key"
            )
        keys.append(Key(name if equals else f"key {place}", digest))
    return tuple(keys)


def new() -> tuple[str, str]:
    """A fresh random key and its SHA-256 in hex."""
    key = secrets.token_urlsafe(32)
    return key, hashlib.sha256(key.encode()).hexdigest()


def is_local(address: str) -> bool:
    """Whether a server bound to `address` is reached from this machine only."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass
class Gate:
    """Lets requests in by key and rate.

    Attributes:
        keys: who may ask; none where nobody needs a key.
        address: that the server is bound to; without keys it must be a loopback one.
        rate: requests a minute for each key.
        clock: seconds that only grow.
    """

    keys: tuple[Key, ...]
    address: str
    rate: int = RATE
    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _tokens: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Whether anybody may ask."""
        return bool(self.keys) or is_local(self.address)

    def admit(self, authorization: str | None, api_key: str | None) -> str:
        """Name of the key that a request brings, or "" where none is needed.

        Args:
            authorization: the header `Authorization: Bearer KEY`.
            api_key: the header `X-API-Key`.

        Raises:
            ProblemError: 401 without a known key, 403 where the API is closed, 429 above
                the rate.
        """
        if not self.keys:
            if self.open:
                return ""
            raise ProblemError(
                403,
                _(
                    "The API is closed: the server can be reached from other machines and has "
                    "no keys. Whoever runs it sets FER_API_KEYS, or binds it to localhost."
                ),
            )
        scheme, _space, bearer = (authorization or "").partition(" ")
        given = api_key or (bearer.strip() if scheme.lower() == "bearer" else "")
        digest = hashlib.sha256(given.encode("utf-8", "surrogateescape")).hexdigest()
        # Every key is compared, so that the time tells nothing of which one is near.
        matching = [key for key in self.keys if hmac.compare_digest(key.digest, digest)]
        if not given or not matching:
            raise ProblemError(
                401, _("This API needs a key, as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'.")
            )
        self._spend(matching[0].name)
        return matching[0].name

    def _spend(self, name: str) -> None:
        """Take one request from a key's bucket, which fills at `rate` a minute."""
        now = self.clock()
        with self._lock:
            tokens, since = self._tokens.get(name, (float(self.rate), now))
            tokens = min(self.rate, tokens + (now - since) * self.rate / 60)
            self._tokens[name] = (max(tokens - 1, 0.0) if tokens >= 1 else tokens, now)
        if tokens < 1:
            wait = max(1, round((1 - tokens) * 60 / self.rate))
            raise ProblemError(
                429, _("This key has used up its requests of this minute."), retry_after=wait
            )


def gate(address: str) -> Gate:
    """The gate as the environment says, for a server bound to `address`.

    Raises:
        FerLabError: if `FER_API_KEYS` or `FER_API_RATE` is malformed.
    """
    rate = os.environ.get("FER_API_RATE", str(RATE))
    if not rate.isdecimal() or not int(rate):
        raise FerLabError(f"FER_API_RATE: Expected requests a minute, 1 or more. Received: {rate}.")
    return Gate(read(), address, int(rate))
