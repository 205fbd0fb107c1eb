import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.logs import write_log
from app.paths import DataPaths
from tests.unit.conditions import ExpectedLog


@pytest.fixture
def paths(tmp_path: Path) -> Iterator[DataPaths]:
    level = logging.getLogger("app").level
    paths = DataPaths(tmp_path)
    handler = write_log(paths)
    yield paths
    logging.getLogger().removeHandler(handler)
    logging.getLogger("app").setLevel(level)
    handler.close()


def test_what_the_app_notes_and_what_libraries_warn_of_is_kept(paths: DataPaths, expect_log: ExpectedLog) -> None:
    expect_log("the disk is full")
    logging.getLogger("app.services.kit").info("fetched")
    logging.getLogger("sqlalchemy").warning("the disk is full")
    logging.getLogger("urllib3").debug("GET /secret")
    logging.getLogger("paramiko").info("Authentication successful")
    text = (paths.logs / "plantwatch.log").read_text(encoding="utf-8")
    assert "INFO app.services.kit: fetched" in text
    assert "WARNING sqlalchemy: the disk is full" in text
    assert "secret" not in text
    assert "paramiko" not in text


def test_a_folder_that_cannot_be_made_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    handler = write_log(DataPaths(tmp_path))
    logging.getLogger().removeHandler(handler)
    assert isinstance(handler, logging.NullHandler)
