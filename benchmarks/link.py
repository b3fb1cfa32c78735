"""The way between browser and server: this machine's own, or one that takes its time.

A slow network is made of two TUN devices, one of them in a network namespace of its own
where the browser runs, and a thread that carries each packet across after a while. The
devices vanish with the process; a namespace that a killed run left is taken away by the next.
Other interfaces and addresses are left alone.
"""

from __future__ import annotations

import fcntl
import os
import select
import shutil
import socket
import struct
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from core.errors import FerLabError

DEVICES = ("fer-bench0", "fer-bench1")
SPACE = "fer-bench"

ADDRESSES = ("198.18.77.1", "198.18.77.2")
"""Of the server's and of the browser's end; from the block for benchmarks (RFC 2544)."""

_TUN = "/dev/net/tun"
_SET_INTERFACE = 0x400454CA
_PLAIN_PACKETS = 0x0001 | 0x1000
_LARGEST = 65_536


class Link(NamedTuple):
    """How to get from the browser to the server.

    Attributes:
        address: at which the server is to listen.
        prefix: words before the browser's command that put it at the other end.
    """

    address: str = "127.0.0.1"
    prefix: tuple[str, ...] = ()


def outer_address() -> str | None:
    """This machine's address besides loopback, if it has one; WebRTC takes no other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: connecting a datagram socket only looks up the route.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if address.startswith("127.") else address


@contextmanager
def link(delay: float = 0.0) -> Iterator[Link]:
    """A way that takes `delay` seconds in each direction; the machine's own where that is 0.

    Raises:
        FerLabError: if the machine has no address that video can be sent to, or a slow way
            cannot be made.
    """
    if not delay:
        if outer_address() is None:
            raise FerLabError(
                "This machine has no network address besides loopback, and browsers send video "
                "to no other. Connect it to a network, or measure with --delay, which makes one."
            )
        yield Link()
        return
    ip = shutil.which("ip")
    if os.geteuid() or ip is None or not Path(_TUN).exists():
        raise FerLabError(
            f"A network with a delay needs root, the program ip (Debian: iproute2) and {_TUN}."
        )
    with ExitStack() as stack:
        ends = []
        for name in DEVICES:
            ends.append(_device(name))
            stack.callback(os.close, ends[-1])
        if Path("/run/netns", SPACE).exists():
            _run(ip, "netns", "del", SPACE)
        _run(ip, "netns", "add", SPACE)
        stack.callback(_run, ip, "netns", "del", SPACE)
        inside = ("-n", SPACE)
        _run(ip, "link", "set", DEVICES[1], "netns", SPACE)
        for device, address, where in zip(DEVICES, ADDRESSES, ((), inside), strict=True):
            _run(ip, *where, "addr", "add", f"{address}/30", "dev", device)
            _run(ip, *where, "link", "set", device, "up")
        _run(ip, *inside, "link", "set", "lo", "up")
        ended = threading.Event()
        carrier = threading.Thread(target=_carry, args=(ends, delay, ended), name="link")
        carrier.start()
        stack.callback(carrier.join)
        stack.callback(ended.set)
        yield Link(ADDRESSES[0], (ip, "netns", "exec", SPACE))


def _device(name: str) -> int:
    end = os.open(_TUN, os.O_RDWR | os.O_NONBLOCK)
    try:
        fcntl.ioctl(end, _SET_INTERFACE, struct.pack("16sH22x", name.encode(), _PLAIN_PACKETS))
    except OSError as reason:
        os.close(end)
        raise FerLabError(f"The network device {name} cannot be made: {reason}.") from reason
    return end


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FerLabError(f"{' '.join(command)} failed: {done.stderr.strip()}")


def _carry(ends: list[int], delay: float, ended: threading.Event) -> None:
    """Take packets from each end and give them to the other one after `delay` seconds."""
    waiting: dict[int, deque[tuple[float, bytes]]] = {end: deque() for end in ends}
    other = dict(zip(ends, reversed(ends), strict=True))
    while not ended.is_set():
        due = min((queue[0][0] for queue in waiting.values() if queue), default=None)
        rest = 0.1 if due is None else min(0.1, max(0.0, due - time.monotonic()))
        for end in select.select(ends, [], [], rest)[0]:
            waiting[end].append((time.monotonic() + delay, os.read(end, _LARGEST)))
        now = time.monotonic()
        for end, queue in waiting.items():
            while queue and queue[0][0] <= now:
                packet = queue.popleft()[1]
                try:
                    os.write(other[end], packet)
                except OSError:  # the other end is full or down: networks lose packets
                    continue
