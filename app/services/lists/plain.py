"""Plain lists: one device a line, `[USER@]ADDRESS[:PORT]` with a name before or after it, as in /etc/hosts; ranges and networks too."""

import re
from collections.abc import Iterator, Sequence

from app.models.device_list import Field, Line
from app.services.lists.looks import Look, is_address, look_of
from app.services.lists.structured import line_of

_COMMENT = re.compile(r"(?:^|\s)(?:#|//)\s*(?P<text>.*)$")
_DASH = re.compile(r"(?<=[\da-fA-F:])\s+(?:-|–)\s+(?=[\da-fA-F:])")


def is_plain(lines: Sequence[str]) -> bool:
    """Whether commas and blanks in these lines part addresses rather than columns."""
    words = [_words(line) for line in lines[:200] if line.strip()]
    used = [each for each in words if each]
    are_addresses = all(all(word.startswith("!") or look_of(word) is Look.IP for word in each) for each in used)
    is_hosts_file = any(len(each) > 2 for each in used) and all(map(_is_hosts_line, used))
    return bool(used) and (are_addresses or is_hosts_file)


def plain_lines(lines: Sequence[str]) -> Iterator[Line]:
    """A line for each."""
    for number, text in enumerate(lines, start=1):
        words = _words(text)
        comment = _COMMENT.search(text)
        told = comment["text"].strip() if comment else ""
        if words and _is_own(words):
            yield line_of(number, skipped="The computer itself, or its own network.")
        elif words:
            yield _device(number, words, told)
        elif text.strip():
            yield line_of(number, skipped="A comment.")
        else:
            yield line_of(number, skipped="The row is empty.")


def _words(text: str) -> list[str]:
    bare = _DASH.sub("-", _COMMENT.sub("", text))
    return [word for word in re.split(r"[\s,;]+", bare) if word]


def _device(number: int, words: list[str], notes: str) -> Line:
    addresses = [word for word in words if is_address(word) or word.startswith("!")]
    others = [word for word in words if word not in addresses]
    if not addresses:
        if len(words) > 1 and not (len(words) == 2 and words[1].isdecimal()):
            return line_of(
                number,
                {Field.NOTES: notes},
                problem="No word of this line is plainly an address. Write ADDRESS NAME, one device a line.",
            )
        addresses, others = words[:1], words[1:]
    if len(addresses) == 2 and look_of(addresses[0]) is Look.IP and look_of(addresses[1]) is Look.DOMAIN:
        # As in /etc/hosts: the address, then its names.
        addresses, others = addresses[:1], others or addresses[1:]
    ports = [word for word in others if word.isdecimal()]
    names = [word for word in others if not word.isdecimal()]
    values = {
        Field.ADDRESS: " ".join(addresses),
        Field.NAME: names[0] if names else "",
        Field.PORT: ports[0] if ports else "",
        Field.NOTES: notes,
    }
    too_many = len(ports) > 1 or (len(names) > 1 and not _is_hosts_line(words))
    # What is too much is not repeated: it may be a password.
    return line_of(number, values, problem="The line has more than an address, a name and a port." if too_many else "")


def _is_hosts_line(words: list[str]) -> bool:
    """An address and its names, as in /etc/hosts: the later ones are short forms of the first, or the computer's own."""
    if len(words) < 2 or look_of(words[0]) is not Look.IP:
        return False
    return _is_own(words) or all(words[1].startswith(word.partition(".")[0]) for word in words[2:])


def _is_own(words: list[str]) -> bool:
    """Whether it is a line that /etc/hosts has on every computer: "127.0.0.1 localhost", "ff02::1 ip6-allnodes"."""
    return len(words) > 1 and words[1].startswith(("localhost", "ip6-"))
