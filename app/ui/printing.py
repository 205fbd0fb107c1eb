"""HTML as PDF. Works without a window: the command line uses it as well."""

from pathlib import Path

from PySide6.QtCore import QMarginsF, QSizeF, QThread
from PySide6.QtGui import QGuiApplication, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from app.errors import InputError

_MARGIN_MILLIMETRES = 14.0
_DOTS_PER_INCH = 96


def write_pdf(html: str, file: Path) -> None:
    """Write `html`, in the subset that QTextDocument knows, to `file`: A4, landscape. Nothing is loaded from anywhere.

    May be called on any thread, and takes some milliseconds a row of its tables. Raises InputError when the file cannot be written. Where
    there is no application yet, one without a screen is made.
    """
    application = QGuiApplication.instance() or QGuiApplication(["plantwatch", "-platform", "offscreen"])
    _check_writable(file)
    if QThread.currentThread() is application.thread():
        _print(html, file)
    else:
        printing = _Printing(html, file)
        printing.start()
        printing.wait()
    if not file.stat().st_size:
        raise InputError("file", f"{file} cannot be written.", label="File")


class _Printing(QThread):
    """Qt's fonts have timers, which want a thread of Qt's own; a worker is none."""

    def __init__(self, html: str, file: Path) -> None:
        super().__init__()
        self._html = html
        self._file = file

    def run(self) -> None:
        _print(self._html, self._file)


def _print(html: str, file: Path) -> None:
    writer = QPdfWriter(str(file))
    writer.setCreator("Plantwatch")
    writer.setResolution(_DOTS_PER_INCH)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageOrientation(QPageLayout.Orientation.Landscape)
    writer.setPageMargins(QMarginsF(*[_MARGIN_MILLIMETRES] * 4), QPageLayout.Unit.Millimeter)
    document = QTextDocument()
    document.setHtml(html)
    document.setPageSize(QSizeF(writer.width(), writer.height()))
    document.print_(writer)


def _check_writable(file: Path) -> None:
    """Qt only prints a warning when it cannot."""
    try:
        with file.open("wb"):
            pass
    except OSError as error:
        raise InputError("file", f"{file} cannot be written: {error.strerror}.", label="File") from error
