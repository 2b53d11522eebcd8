"""Where large arrays lie for the workers: in memory if there is room, and where the user says in any case."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest

from pycore.models.workers import folder_of_arrays


@pytest.fixture(autouse=True)
def _nothing_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JOBLIB_TEMP_FOLDER", raising=False)


def test_a_file_system_with_room_is_taken(tmp_path: Path) -> None:
    assert folder_of_arrays(str(tmp_path), least_bytes=0) == str(tmp_path)


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_where_memory_is_small_or_absent_the_folder_of_temporary_files_is_named(name: str, tmp_path: Path) -> None:
    least_bytes = 0 if name else sys.maxsize

    assert folder_of_arrays(str(tmp_path / name), least_bytes=least_bytes) == tempfile.gettempdir()


def test_a_folder_that_the_user_chose_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBLIB_TEMP_FOLDER", str(tmp_path / "arrays"))

    assert folder_of_arrays(str(tmp_path), least_bytes=0) == str(tmp_path / "arrays")
