"""Passwords out of lists, before anything else looks at them. What is dropped here is kept, logged and shown nowhere."""

import re

#: "root:secret@" of "ssh://root:secret@10.20.0.11"; not the port of one jump host before the next.
_LOGIN = re.compile(r"(?<![^\s,;/])(?P<user>[^\s@:/,;\[\]]+):(?!//|\d{1,5},)[^\s@]+@(?=[\w\[])")
_PRIVATE_KEY = "PRIVATE KEY-----"

NOTE = (
    "Passwords are not read from lists: {what} dropped and kept nowhere. Type the password when you enrol; "
    "it goes into the keyring only. Better not keep it in the list."
)


def scrubbed(cell: str) -> str:
    """`cell` without the password of USER:PASSWORD@HOST; nothing of a private key."""
    if "@" in cell and ":" in cell:
        cell = _LOGIN.sub(lambda found: f"{found['user']}@", cell)
    return "" if _PRIVATE_KEY in cell else cell


def holds_private_key(text: str) -> bool:
    return _PRIVATE_KEY in text
