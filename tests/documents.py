"""What the documents say, taken apart: pictures, links, headings and commands. Nothing here needs Qt or a network."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"

_LINK = re.compile(r"(?P<picture>!?)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_CODE_SPAN = re.compile(r"`([^`]+)`")
_COMMAND = re.compile(r"(?:^|[|;&\"'$] *)(?:[A-Z_]+=\S+ +)*(?P<program>plantwatch|make)(?P<rest>(?: [^|;&<>#]*)?)")


@dataclass(frozen=True, slots=True)
class Link:
    """A link or picture in `document`; `target` as it is written."""

    document: Path
    target: str
    is_picture: bool

    @property
    def is_relative(self) -> bool:
        return "://" not in self.target and not self.target.startswith("mailto:")

    @property
    def file(self) -> Path:
        """The file that a relative link leads to."""
        path, _, _ = self.target.partition("#")
        return (self.document.parent / path).resolve() if path else self.document

    @property
    def anchor(self) -> str:
        return self.target.partition("#")[2]


def documents() -> list[Path]:
    """README, CHANGELOG and everything under docs."""
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def links(document: Path) -> list[Link]:
    """Links and pictures outside code, in the order of the text."""
    prose = "\n".join(_CODE_SPAN.sub("", line) for line in _lines(document) if not line.startswith("    "))
    return [Link(document, found["target"], bool(found["picture"])) for found in _LINK.finditer(prose)]


def pictures() -> set[Path]:
    """Every picture that a document shows."""
    return {link.file for document in documents() for link in links(document) if link.is_picture}


def anchors(document: Path) -> set[str]:
    """What links to headings of `document` may end with, formed as code hosts form them."""
    headings = (line.lstrip("#").strip() for line in _lines(document) if line.startswith("#"))
    return {re.sub(r"[^\w\- ]", "", heading.casefold()).replace(" ", "-") for heading in headings}


def commands(document: Path, program: str) -> list[list[str]]:
    """The words after `program` in each command line in code: "    plantwatch stack plan" gives ["stack", "plan"]."""
    return [
        shlex.split(found["rest"].replace('"', " ").replace("'", " "))
        for code in _code(document)
        for found in _COMMAND.finditer(code)
        if found["program"] == program
    ]


def _code(document: Path) -> Iterator[str]:
    fenced = False
    for line in _lines(document):
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            yield line.strip()
        else:
            yield from _CODE_SPAN.findall(line)


def _lines(document: Path) -> list[str]:
    return document.read_text(encoding="utf-8").splitlines()
