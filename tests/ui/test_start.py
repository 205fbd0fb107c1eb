"""What happens until the window is first seen."""

import pytest

from tests.bench.window_start import LIMITS, first_paint

# Each would cost tenths of a second, or is not for the window at all.
HEAVY = {
    "PySide6.QtWebEngineCore",
    "PySide6.QtWebEngineWidgets",
    "alembic",
    "app.main",
    "cryptography",
    "docker",
    "keyring",
    "numpy",
    "paramiko",
    "psycopg",
    "pyqtgraph",
    "requests",
    "rich",
    "sqlalchemy",
    "typer",
    "yaml",
}


@pytest.mark.may_block(5, "the window is another process")
def test_the_frame_is_painted_before_anything_heavy_is_imported() -> None:
    milliseconds, modules = first_paint()
    assert not HEAVY & modules
    assert not {name for name in modules if name.startswith("app.services.")} - {"app.services.progress"}
    # The best of three: what else runs on the machine is not the window's doing.
    fastest = min(milliseconds, *(first_paint()[0] for _ in range(2)))
    assert fastest <= LIMITS["first_paint_p50_ms"]
