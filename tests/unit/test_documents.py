"""What the documents promise: their links lead somewhere, their pictures exist and are shown, their commands can be given."""

import re
from pathlib import Path

import pytest
from typer.core import TyperGroup, TyperOption
from typer.main import get_command

from app.cli import app
from app.errors import DeviceError
from app.services.enrolment import failures
from tests.documents import IMAGES, ROOT, Link, anchors, commands, documents, links, pictures

_PICTURE_BYTES = 150_000
_PNG = b"\x89PNG\r\n\x1a\n"


def _name(document: Path) -> str:
    return str(document.relative_to(ROOT))


each_document = pytest.mark.parametrize("document", documents(), ids=_name)


@each_document
def test_every_relative_link_and_picture_leads_to_something(document: Path) -> None:
    assert not [link.target for link in links(document) if link.is_relative and not _leads_somewhere(link)]


def _leads_somewhere(link: Link) -> bool:
    if not link.file.exists():
        return False
    return not link.anchor or link.anchor in anchors(link.file)


def test_every_picture_is_shown_and_as_the_guide_takes_them() -> None:
    kept = {path for path in IMAGES.iterdir() if path.is_file()}
    assert kept == pictures()
    for path in sorted(kept):
        content = path.read_bytes()
        size = tuple(int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
        assert (content[:8], size) == (_PNG, (1280, 720)), path.name
        assert len(content) < _PICTURE_BYTES, path.name


@each_document
def test_every_command_exists_with_its_options(document: Path) -> None:
    assert [wrong for words in commands(document, "plantwatch") if (wrong := _wrong_in(words))] == []


def _wrong_in(words: list[str]) -> str:
    """What the command line does not know of `plantwatch WORDS`; empty when it knows all of it. `…` may stand for the rest."""
    if words[:1] == ["--data-dir"]:
        return ""  # goes with the window
    told = " ".join(words)
    command = get_command(app)
    rest = iter(words)
    for word in rest:
        if word == "…":
            return ""
        if word.startswith("-") and word != "-":
            options = {name: each for each in command.params if isinstance(each, TyperOption) for name in each.opts}
            name, _, value = word.partition("=")
            if name not in options and name != "--help":
                return f"{told}: no option {name}"
            if name in options and not options[name].is_flag and not value:
                next(rest, None)
        elif isinstance(command, TyperGroup):
            if word not in command.commands:
                return f"{told}: no command {word}"
            command = command.commands[word]
    return ""


_FAILURES = [
    each
    for each in vars(failures).values()
    if isinstance(each, type) and issubclass(each, DeviceError) and each is not DeviceError
]


@pytest.mark.parametrize("failure", _FAILURES)
def test_every_failure_of_a_device_is_in_the_guide(failure: type[DeviceError]) -> None:
    """The guide gives the first clause of each message, with italics for what is filled in."""
    clause = re.split("[:;(]", failure.title)[0].strip(" .")
    said = ".+?".join(re.escape(part) for part in re.split(r"\{\w+\}", clause))
    guide = (ROOT / "docs" / "user-guide.md").read_text(encoding="utf-8")
    assert re.search(rf"^\| {said}", guide, re.MULTILINE), failure.title


@each_document
def test_every_make_target_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {words[0] for words in commands(document, "make") if words}
    assert not named - targets


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("stack plan", ""),
        ("endpoints remove wtg-01 --yes", ""),
        ("endpoints …", ""),
        ("stack --host x", "no option --host"),
        ("stack explode", "no command explode"),
        ("enrol a b --users x", "no option --users"),
    ],
)
def test_a_command_that_does_not_exist_is_found(words: str, wrong: str) -> None:
    told = _wrong_in(words.split())
    assert told == (f"{words}: {wrong}" if wrong else "")
