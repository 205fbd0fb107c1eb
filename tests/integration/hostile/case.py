"""What a hostile device is: what it plays, what is tried against it, and how that has to end."""

import socket
from collections.abc import Callable
from dataclasses import dataclass

#: What is tried: `fetch_host_key`, `EnrolmentService.preview`, `.enrol`, and `.remove` of an endpoint enrolled before.
FETCH, PREVIEW, ENROL, REMOVE = "fetch", "preview", "enrol", "remove"
WELL = "well"
BROKEN = "ProtocolBrokenError"
LOST = "ConnectionLostError"
STALLED = "StalledError"
FLOODED = "FloodedError"
#: Everything that must not reach a screen: escapes, a change of the writing's direction, no width, NUL, invalid UTF-8, markup.
NASTY = (
    "\x1b]0;owned\x07\x1b[2J\u202egnp.exe\u200b\ufeff\x00\udcff\udc80<img src='file:///etc/passwd'><b>x</b>[red]y[/red]"
)


@dataclass(frozen=True)
class Case:
    """`ends` names the errors that are right, WELL among them where the device only hurts itself."""

    name: str
    play: Callable[[socket.socket], None]
    tries: tuple[str, ...]
    ends: tuple[str, ...]
    receive_bytes: int = 0
    """Of the listening socket's buffer; 0: as usual."""
