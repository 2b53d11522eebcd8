"""What is written down under data/run, and who may write it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from pycore._pids import ProcessId
from pycore.local.runfolder import RunFolder


def test_one_process_at_a_time_has_the_folder(tmp_path: Path) -> None:
    first, second = RunFolder(tmp_path / "run"), RunFolder(tmp_path / "run")

    assert first.claim()
    assert not second.claim()
    assert second.claimed()

    first.release()
    assert not second.claimed()
    assert second.claim()
    second.release()


def test_it_is_for_its_owner_only(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    assert run.claim()
    run.token()

    assert stat.S_IMODE(run.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(run.token_file.stat().st_mode) == 0o600
    run.release()


def test_a_folder_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.folder.mkdir(mode=0o755)
    assert run.claim()

    assert stat.S_IMODE(run.folder.stat().st_mode) == 0o700
    run.release()


def test_the_token_stays_so_that_bookmarks_keep_working(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)

    token = run.token()

    assert len(token) == 48
    assert RunFolder(tmp_path).token() == token


def test_a_service_is_found_again_by_pid_and_birth(tmp_path: Path) -> None:
    here = ProcessId.of(os.getpid())
    RunFolder(tmp_path).record("redis", here, host="127.0.0.1", port=6000)

    run = RunFolder(tmp_path)

    assert run.process_id("redis") == here
    assert run.content()["redis"]["port"] == 6000


def test_a_service_whose_pid_was_given_to_another_is_not_found(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    run.record("redis", ProcessId(pid=os.getpid(), birth="before this boot"))

    assert run.process_id("redis") is None


def test_there_is_an_address_once_jupyter_answers(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    run.record("jupyter", ProcessId.of(os.getpid()), port=8888)
    assert run.address() is None

    run.record("jupyter", ProcessId.of(os.getpid()), port=8888, url="http://127.0.0.1:8888/lab")

    assert run.address() == f"http://127.0.0.1:8888/lab?token={run.token()}"


def test_a_record_that_is_no_record_counts_as_none(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    for text in ("", "[]", '{"redis": 5}', '{"redis": {"pid": "x"}}'):
        run.record_file.write_text(text)
        assert run.process_id("redis") is None
