"""The pictures: they are made of every page and state, and of the whole window."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from app.ui.theme import DARK, LIGHT
from tests.ui.screens import all_shots

Snapshot = Callable[..., list[Path]]


def test_every_shot_has_a_name_of_its_own() -> None:
    names = [shot.name for shot in all_shots()]
    assert len(names) == len(set(names))
    assert {"fleet", "fleet-empty", "fleet-loading", "fleet-error", "fleet-stale", "endpoint"} <= set(names)


@pytest.mark.may_block(1, "takes pictures of a whole window")
@pytest.mark.parametrize(("theme", "ground"), [("light", LIGHT.window), ("dark", DARK.window)])
def test_a_picture_is_of_the_size_and_theme_asked_for(snapshot_pages: Snapshot, theme: str, ground: object) -> None:
    (path,) = snapshot_pages("fleet-empty", theme=theme, size="large")
    picture = QImage(str(path))
    assert (picture.width(), picture.height()) == (1920, 1080)
    assert picture.pixelColor(1900, 600) == ground
