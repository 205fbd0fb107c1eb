"""Bytes to text: the encodings in which lists come, told by byte order marks, by where zeros stand, and by what is valid UTF-8."""

import codecs

from app.services.lists.failures import MOST_BYTES, ListError, too_large

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8 with a byte order mark"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_SAMPLE = 4096
_MOST_ZEROS = 0.02
"""Of the bytes where UTF-16 has the low half of a letter; the high half of western text is nearly always zero."""
_ZEROS = 0.4
_ALLOWED = frozenset("\t\n\r\f\v\x1a\x1b\x85")


def decoded(content: bytes) -> tuple[str, str]:
    """The text, and the name of its encoding for people. Raises ListError for what is too large, or no text."""
    if len(content) > MOST_BYTES:
        raise too_large()
    text, name = _decoded(content)
    if "\0" in text or _is_binary(text[:_SAMPLE]):
        raise ListError(
            "it is not a text file.", "Lists are text files (CSV and others) or spreadsheets that end with .xlsx."
        )
    return text, name


def _decoded(content: bytes) -> tuple[str, str]:
    for mark, codec, name in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(codec, errors="replace"), name
    if codec := _utf_16(content[:_SAMPLE]):
        return content.decode(codec, errors="replace"), "UTF-16 without a byte order mark"
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace"), "Windows-1252"


def _utf_16(sample: bytes) -> str:
    if len(sample) < 4:
        return ""
    even, odd = sample[0::2], sample[1::2]
    zeros_even, zeros_odd = even.count(0) / len(even), odd.count(0) / len(odd)
    if zeros_odd > _ZEROS and zeros_even < _MOST_ZEROS:
        return "utf-16-le"
    if zeros_even > _ZEROS and zeros_odd < _MOST_ZEROS:
        return "utf-16-be"
    return ""


def _is_binary(sample: str) -> bool:
    controls = sum(1 for letter in sample if letter < " " and letter not in _ALLOWED)
    return controls > max(2, len(sample) // 50)
