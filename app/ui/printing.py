"""HTML as PDF. Works without a window: the command line uses it as well."""

from pathlib import Path

from PySide6.QtCore import QFileInfo, QMarginsF, QSizeF
from PySide6.QtGui import QGuiApplication, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from app.errors import InputError

_MARGIN_MILLIMETRES = 14.0
_DOTS_PER_INCH = 96


def write_pdf(html: str, file: Path) -> None:
    """Write `html`, in the subset that QTextDocument knows, to `file`: A4, landscape. Nothing is loaded from anywhere.

    Raises InputError when the file cannot be written. Where there is no application yet, one without a screen is made.
    """
    application = QGuiApplication.instance() or QGuiApplication(["plantwatch", "-platform", "offscreen"])
    _check_writable(file)
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
    del writer  # ends the file
    del application
    if not QFileInfo(str(file)).size():
        raise InputError("file", f"{file} cannot be written.")


def _check_writable(file: Path) -> None:
    """Qt only prints a warning when it cannot."""
    try:
        with file.open("wb"):
            pass
    except OSError as error:
        raise InputError("file", f"{file} cannot be written: {error.strerror}.") from error
