"""Where things are."""

import os
import sys
from pathlib import Path

import platformdirs
import pytest

from app.paths import DataPaths, bundle_root, resource, stack_file


def test_packaged_files_are_found_in_the_source_tree() -> None:
    assert bundle_root() == Path(__file__).parents[2]
    assert resource("icons", "x.svg") == bundle_root() / "resources" / "icons" / "x.svg"
    assert stack_file("compose.yaml").is_file()


def test_packaged_files_are_found_in_a_frozen_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert stack_file("compose.yaml") == tmp_path / "stack" / "compose.yaml"


class TestDataPaths:
    def test_a_given_folder_wins(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PLANTWATCH_DATA_DIR", str(tmp_path / "environment"))
        assert DataPaths.locate(tmp_path / "given").root == tmp_path / "given"
        assert DataPaths.locate().root == tmp_path / "environment"

    def test_the_platforms_own_is_the_default(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("PLANTWATCH_DATA_DIR", raising=False)
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
        monkeypatch.setenv("HOME", str(tmp_path))
        expected = Path(platformdirs.user_data_dir("plantwatch", appauthor=False))
        assert DataPaths.locate().root == expected
        assert expected.is_relative_to(tmp_path)

    def test_a_relative_one_and_a_home_are_made_absolute(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("HOME", str(tmp_path))
        assert DataPaths.locate(Path("here")).root == tmp_path / "here"
        assert DataPaths.locate(Path("~/there")).root == tmp_path / "there"

    @pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
    def test_it_is_made_for_its_owner_only(self, tmp_path: Path) -> None:
        paths = DataPaths.locate(tmp_path / "new")
        assert paths.root.stat().st_mode & 0o777 == 0o700

    def test_everything_is_under_the_root(self, tmp_path: Path) -> None:
        paths = DataPaths(tmp_path)
        found = {paths.database, paths.copies, paths.settings, paths.window_state, paths.kit, paths.logs}
        assert len(found) == 6
        assert {path.parent for path in found} == {tmp_path}
