"""Mounts of a namespace of our own: they go when its last process does."""

import ctypes
import os
from pathlib import Path

_BIND, _RECURSIVE, _PRIVATE = 1 << 12, 1 << 14, 1 << 18
_libc = ctypes.CDLL(None, use_errno=True)


def make_private() -> None:
    """What is mounted from now on is seen in this namespace only."""
    _mount("none", Path("/"), "", _RECURSIVE | _PRIVATE)


def mount_tmpfs(place: Path, *, size: str) -> None:
    """`size` as the kernel reads it: "80%"."""
    _mount("tmpfs", place, "tmpfs", 0, f"size={size},nr_inodes=0,mode=755")


def mount_overlay(place: Path, lower: tuple[Path, ...], upper: Path, work: Path) -> None:
    """`lower` from the top down; what is written at `place` goes to `upper`."""
    lowest = ":".join(map(str, lower))
    _mount("overlay", place, "overlay", 0, f"lowerdir={lowest},upperdir={upper},workdir={work}")


def bind(source: Path, place: Path) -> None:
    """`source` is also found at `place`."""
    _mount(str(source), place, "", _BIND)


def _mount(source: str, place: Path, kind: str, flags: int, options: str = "") -> None:
    """Raises OSError. By a system call: a program for each of thousands of mounts would take minutes."""
    arguments = (source.encode(), os.fsencode(place), kind.encode(), flags, options.encode())
    if _libc.mount(*arguments):
        code = ctypes.get_errno()
        raise OSError(code, f"mount {kind or 'bind'}: {os.strerror(code)}", str(place))
