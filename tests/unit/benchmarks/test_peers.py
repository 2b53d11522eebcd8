"""What is measured besides comes from a lock of its own."""

from __future__ import annotations

import re

from benchmarks.machine import PACKAGES
from benchmarks.peers import BUILT, LOCK, _last_line, _split

ENTRY = re.compile(r"^([\w-]+)==", re.MULTILINE)


def test_what_has_to_be_built_is_told_from_what_is_ready_made() -> None:
    lock = LOCK.read_text("utf-8")
    ready_made, built = _split(lock)

    assert ENTRY.findall(built) == [BUILT]
    assert sorted([*ENTRY.findall(ready_made), BUILT]) == sorted(ENTRY.findall(lock))
    assert "setuptools" in ENTRY.findall(ready_made)  # builds it
    assert all("--hash=sha256:" in entry for entry in re.split(r"^(?=\w)", lock, flags=re.MULTILINE) if entry)


def test_every_peer_is_named_with_its_version() -> None:
    known = {name.lower().replace(".", "-") for name in PACKAGES}

    assert {"connectorx", "dogpile-cache", "joblib", "mysqlclient"} <= set(
        ENTRY.findall(LOCK.read_text("utf-8"))
    ) & known


def test_of_all_that_an_installer_says_the_error_is_told() -> None:
    said = "Collecting mysqlclient\n  Exception: Can not find valid pkg-config name.\n  note: not a problem with pip\n"

    assert _last_line(said) == "Exception: Can not find valid pkg-config name."
    assert _last_line("one\n\ntwo\n") == "two"
    assert _last_line("") == "it ended without a word"
