"""The first minute of a newcomer: a fresh clone, an empty home, one command."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from suites.clone import REPOSITORY, Clone, copied_to

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    """A fresh clone with an umlaut and a space in its path, started with nothing installed."""
    folder = tmp_path_factory.mktemp("fresh")
    clone = Clone(root=copied_to(folder / "Sci Pype für alle"), folder=folder, own_data=False)
    start = clone.call("start.sh", "--detach", "--no-browser")
    try:
        assert start.returncode == 0, start.stderr
        (folder / "address").write_text(start.stdout.strip())
        yield clone
    finally:
        stop = clone.call("stop.sh")
    assert stop.returncode == 0
    clone.wait_until_nothing_runs()
    assert (clone.root / "data" / "stocks.sqlite").exists()


def pycore(clone: Clone, *words: str) -> subprocess.CompletedProcess[str]:
    return clone.call(".venv/bin/pycore", *words)


def test_the_address_answers(fresh: Clone) -> None:
    with urllib.request.urlopen((fresh.folder / "address").read_text(), timeout=30) as answer:
        assert answer.status == 200


def test_fifty_rows_are_printed_and_stand_in_redis_with_the_prices_of_the_table(fresh: Clone) -> None:
    printed = pycore(fresh, "dataset", "get", "ibm_daily", "-p", "symbol", "IBM", "-p", "limit", "50", "--to", "csv")
    assert printed.returncode == 0, printed.stderr
    rows = list(csv.DictReader(io.StringIO(printed.stdout)))
    assert len(rows) == 50

    shown = fresh.call("redis.sh", "LRANGE", "LATEST_IBM_DAILY_STICKS", "0", "0")
    document: dict[str, Any] = json.loads(shown.stdout)

    assert document["n_rows"] == 50
    assert document["data"]["close"] == [float(row["close"]) for row in rows]


def test_a_notebook_runs_from_the_shell(fresh: Clone) -> None:
    ran = pycore(fresh, "run", str(fresh.root / "notebooks" / "extract-and-cache.ipynb"))

    assert ran.returncode == 0, ran.stderr


def test_it_and_this_clone_run_at_once(fresh: Clone, tmp_path: Path) -> None:
    this = Clone(root=REPOSITORY, folder=tmp_path)
    assert this.call("start.sh", "--detach", "--no-browser").returncode == 0
    try:
        assert this.call("redis.sh", "SET", "whose", "this").returncode == 0
        assert fresh.call("redis.sh", "EXISTS", "whose").stdout == "0\n"
    finally:
        assert this.call("stop.sh").returncode == 0

    assert fresh.call("redis.sh", "PING").stdout == "PONG\n"
