"""Every directory and packaged file. The only place that knows about frozen builds and about the platform's conventions."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

APP_NAME = "plantwatch"
DATA_DIR_VARIABLE = "PLANTWATCH_DATA_DIR"


def bundle_root() -> Path:
    """The folder that holds `resources/` and `stack/`: the source tree, or the unpacked bundle of a frozen build."""
    frozen: str | None = getattr(sys, "_MEIPASS", None)
    return Path(frozen) if frozen else Path(__file__).resolve().parent.parent


def resource(*parts: str) -> Path:
    """A packaged file or folder under `resources/`."""
    return bundle_root().joinpath("resources", *parts)


def stack_file(*parts: str) -> Path:
    """A packaged file or folder under `stack/`."""
    return bundle_root().joinpath("stack", *parts)


@dataclass(frozen=True, slots=True)
class DataPaths:
    """The user's own files, all under one root, so that a copy of it is a backup (without the secrets, which are in the keyring)."""

    root: Path

    @classmethod
    def locate(cls, override: Path | None = None) -> "DataPaths":
        """`override`, else the environment's PLANTWATCH_DATA_DIR, else the platform's data directory. Creates it, readable by its owner only."""
        chosen = override or os.environ.get(DATA_DIR_VARIABLE) or platformdirs.user_data_dir(APP_NAME, appauthor=False)
        root = Path(chosen).expanduser().absolute()
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(root)

    @property
    def database(self) -> Path:
        return self.root / "inventory.db"

    @property
    def copies(self) -> Path:
        """Copies of the database, made before it is migrated."""
        return self.root / "copies"

    @property
    def settings(self) -> Path:
        return self.root / "settings.toml"

    @property
    def window_state(self) -> Path:
        return self.root / "window.ini"

    @property
    def kit(self) -> Path:
        return self.root / "kit"

    @property
    def logs(self) -> Path:
        return self.root / "logs"
