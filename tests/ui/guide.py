"""The pictures of the documents: `python -m tests.ui.guide [NAME…]` takes those that the documents show anew, into docs/images.

A document shows `images/SHOT-THEME.png`; SHOT is a name of tests/ui/shots, THEME light or dark. The size is always 1280×720.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from tests.documents import IMAGES, pictures
from tests.ui.screens import THEMES, all_shots, take

_COLOURS = 256
#: The most used colours, which are those of the surfaces, stay exactly as they are.
_KEPT = 64
#: Colours that differ by less than this in every channel look the same; the step grows until the palette is full enough.
_STEPS = (4, 6, 8, 12, 16, 24)


def shown() -> dict[str, set[str]]:
    """The names of the shots that the documents show, by theme. A picture that no shot makes is a ValueError."""
    names = {shot.name for shot in all_shots()}
    wanted: dict[str, set[str]] = {theme: set() for theme in THEMES}
    for path in sorted(pictures()):
        name, _, theme = path.stem.rpartition("-")
        if path.parent != IMAGES or name not in names or theme not in wanted:
            raise ValueError(f"No shot makes {path}.")
        wanted[theme].add(name)
    return wanted


def small(picture: QImage) -> QImage:
    """`picture` with a palette of its 256 most telling colours, which makes a file a third of the size that looks the same."""
    picture = picture.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(picture.constBits(), dtype=np.uint32)
    colours, counts = np.unique(pixels, return_counts=True)
    by_use = colours[np.argsort(-counts, kind="stable")]
    palette: list[int] = []
    for step in _STEPS:
        palette = by_use[:_KEPT].tolist() + _apart(by_use[_KEPT:], step)
        if len(palette) <= _COLOURS:
            break
    without_dither = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    return picture.convertToFormat(QImage.Format.Format_Indexed8, palette[:_COLOURS], without_dither)


def _apart(by_use: "np.typing.NDArray[np.uint32]", step: int) -> list[int]:
    """The most used colour of each cube of `step` a side."""
    channels = np.stack([(by_use >> shift) & 0xFF for shift in (16, 8, 0)], axis=1) // step
    _, first = np.unique(channels, axis=0, return_index=True)
    return [int(colour) for colour in by_use[np.sort(first)]]


def main(arguments: list[str]) -> None:
    """Take all pictures of the documents, or those whose shot begins with one of the given words."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args(arguments)
    IMAGES.mkdir(exist_ok=True)
    for theme, names in shown().items():
        chosen = [
            shot
            for shot in all_shots()
            if shot.name in names and (not options.names or shot.name.startswith(tuple(options.names)))
        ]
        with tempfile.TemporaryDirectory() as folder:
            for shot in chosen:
                (taken,) = take([shot], theme, "small", Path(folder))
                place = IMAGES / f"{shot.name}-{theme}.png"
                # Quality 0 is the densest compression of a PNG.
                if not small(QImage(str(taken))).save(str(place), quality=0):
                    raise OSError(f"{place} cannot be written.")
                sys.stdout.write(f"{place.name} {place.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    main(sys.argv[1:])
