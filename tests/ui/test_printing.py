"""The security report as PDF."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.errors import InputError
from app.ui.printing import write_pdf


def test_a_long_text_becomes_pages(qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    write_pdf("<h1>Security report</h1>" + "<p>turbine</p>" * 200, file)
    content = file.read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"%%EOF" in content[-32:]
    assert content.count(b"/Type /Page\n") > 1


def test_a_file_that_cannot_be_written_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_pdf("<p>x</p>", tmp_path / "missing" / "report.pdf")
