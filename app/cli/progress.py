"""How work is shown while it goes on: on standard error, and on a terminal in place."""

from rich.console import Console
from rich.control import Control
from rich.segment import ControlType
from rich.text import Text

from app.cli.output import console, printable
from app.services.progress import Event, LogLine, Report, StepAdvanced, StepFailed, StepFinished, StepStarted

_WORTH_TELLING_SECONDS = 0.05


def progress_printer(*, quiet: bool) -> Report:
    """A `Report` that prints a line a step; nothing when `quiet`. On a terminal the line of a step at work turns into that of its end."""
    if quiet:
        return lambda _event: None
    return _Progress(console(stderr=True)).show


class _Progress:
    def __init__(self, out: Console) -> None:
        self._out = out
        self._in_place = out.is_terminal and not out.is_dumb_terminal
        self._at_work = ""
        self._advanced = -1

    def show(self, event: Event) -> None:
        match event:
            case StepStarted():
                self._begin(f"… {_name(event.step.value, event.subject)}")
            case StepAdvanced():
                self._advance(event)
            case StepFinished():
                took = f" ({event.seconds:.1f} s)" if event.seconds >= _WORTH_TELLING_SECONDS else ""
                detail = f" – {event.detail}" if event.detail else ""
                self._end(printable(f"✓ {_name(event.step.value, event.subject)}{took}{detail}"), "")
            case StepFailed():
                self._end(f"✗ {_name(event.step.value, event.subject)}", "red")
            case LogLine():
                self._log(event.text)

    def _begin(self, text: str) -> None:
        self._at_work, self._advanced = text, -1
        if self._in_place:
            self._write_at_work(text)
        else:
            self._out.print(Text(text))

    def _advance(self, event: StepAdvanced) -> None:
        percent = 100 * event.done // event.total if event.total else -1
        if self._in_place and percent != self._advanced:
            self._advanced = percent
            self._clear()
            self._write_at_work(f"… {_name(event.step.value, event.subject)} {percent} %")

    def _end(self, text: str, style: str) -> None:
        self._clear()
        self._at_work = ""
        self._out.print(Text(text, style=style))

    def _log(self, text: str) -> None:
        self._clear()
        self._out.print(Text(f"  {printable(text)}", style="dim"))
        if self._in_place and self._at_work:
            self._write_at_work(self._at_work)

    def _write_at_work(self, text: str) -> None:
        """Without a line break, and so short that it stays on one line: what follows takes its place."""
        shown = Text(text, style="dim")
        shown.truncate(self._out.width - 1, overflow="ellipsis")
        self._out.print(shown, end="")

    def _clear(self) -> None:
        if self._in_place:
            self._out.control(Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2)))


def _name(step: str, subject: str) -> str:
    words = step.replace("_", " ")
    return f"{words} {subject}" if subject else words
