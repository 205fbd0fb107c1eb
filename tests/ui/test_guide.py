"""The pictures of the documents can be taken anew, and a small palette does not change what they show."""

from PySide6.QtGui import QColor, QImage

from tests.documents import pictures
from tests.ui.guide import shown, small


def test_every_picture_of_the_documents_is_made_by_a_shot() -> None:
    wanted = shown()
    assert sum(len(names) for names in wanted.values()) == len(pictures())
    assert "fleet" in wanted["light"]


def test_surfaces_keep_their_colours_and_rare_hues_stay_near_theirs() -> None:
    picture = QImage(256, 64, QImage.Format.Format_RGB32)
    for x in range(256):
        for y in range(64):
            picture.setPixelColor(x, y, QColor(x, 255 - x, 4 * y))
    for y in range(32, 64):
        for x in range(256):
            picture.setPixelColor(x, y, QColor("#f3f5f9"))
    made = small(picture)
    assert made.size() == picture.size()
    assert made.colorCount() <= 256
    assert made.pixelColor(10, 60) == QColor("#f3f5f9")
    was, now = picture.pixelColor(200, 8), made.pixelColor(200, 8)
    assert max(abs(was.red() - now.red()), abs(was.green() - now.green()), abs(was.blue() - now.blue())) <= 32
