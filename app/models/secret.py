"""A secret in memory. It shows itself to nobody who does not ask for it."""

import hmac
from typing import Never, Self, final

_SHOWN = "Secret(…)"


@final
class Secret:
    """A password, passphrase, answer, token or private key, as text; empty (false) where there is none.

    Printing, formatting, logging and the repr of whatever holds it give "Secret(…)"; pickling and encoding as JSON raise TypeError.
    `reveal` is the only way out. Secrets may be compared with each other, in constant time; the hash says nothing of the text.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text: at the edge where it leaves for the keyring, an encrypted connection or the library that speaks it, and nowhere else."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return _SHOWN

    def __format__(self, _wanted: str) -> str:
        return _SHOWN  # padding or cutting it would only make it hard to recognise

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(_bytes(self._text), _bytes(other._text))

    def __hash__(self) -> int:
        return hash(Secret)  # the same for all: equal ones must agree, and another would give the text away by trying

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def __getstate__(self) -> Never:
        raise TypeError("a secret cannot be pickled")


def _bytes(text: str) -> bytes:
    # What was not UTF-8 on a terminal comes as halves of surrogate pairs.
    return text.encode("utf-8", "surrogatepass")


#: In place of a secret where there is none.
NO_SECRET = Secret("")
