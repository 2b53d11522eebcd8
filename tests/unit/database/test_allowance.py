"""The memory that a result may take: measured, foreseen, and what is free of it."""

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from pycore.database.allowance import Allowance, free_bytes, size_bytes
from pycore.database.arrays import to_array
from pycore.database.server import Limits
from pycore.database.statement import parse
from pycore.database.types import Kind, ResultColumn
from pycore.exceptions import ResultTooLargeError

STATEMENT = parse("SELECT * FROM t", "sqlite")
GB = 10**9


def never() -> int:
    raise AssertionError("a small result asks nobody")


@pytest.mark.parametrize(
    ("kind", "nullable", "value"),
    [
        ("integer", False, 2**40),
        ("integer", True, None),
        ("boolean", True, 1),
        ("double", False, 0.5),
        ("single", False, 0.5),
        ("date", False, "2013-03-01"),
        ("time", False, "14:05:00"),
        ("text", False, "Zürich"),
        ("text", False, "x" * 300),
        ("bytes", False, b"x" * 300),
        ("decimal", False, Decimal("114.88")),
    ],
)
def test_the_size_of_rows_is_that_of_their_arrays(kind: Kind, nullable: bool, value: object) -> None:
    column = ResultColumn("a", kind, nullable, "")
    series = pd.Series(to_array(column, [value] * 1000))

    found = size_bytes([column], [(value,)] * 1000)

    assert found == pytest.approx(series.memory_usage(index=False, deep=True), rel=0.15)


def test_a_result_that_passes_the_bound_is_refused_with_both_numbers_and_the_cures() -> None:
    allowance = Allowance(Limits(max_bytes=1_000_000), STATEMENT, never)
    allowance.take(10, 1_000_000)

    with pytest.raises(ResultTooLargeError) as caught:
        allowance.take(1, 234_567)

    assert (caught.value.size_bytes, caught.value.allowed_bytes) == (1_234_567, 1_000_000)
    assert all(part in str(caught.value) for part in ("1,234,567 bytes", "1,000,000 bytes", "limit", "stream()"))
    assert "max_bytes=None" in str(caught.value)
    assert caught.value.statement == STATEMENT.text


def test_a_result_that_will_pass_the_bound_is_refused_as_soon_as_there_is_an_average() -> None:
    allowance = Allowance(Limits(max_bytes=GB), STATEMENT, lambda: 20_000_000)
    allowance.take(49_999, 4_999_900)

    with pytest.raises(ResultTooLargeError, match=r"would take about 2,000,\d{3},\d{3} bytes \(2\.0 GB\)"):
        allowance.take(1, 100)


@pytest.mark.parametrize(
    ("limits", "foreseen"),
    [
        (Limits(max_bytes=GB), None),
        (Limits(max_bytes=GB), 9_000_000),
        (Limits(max_bytes=GB, n_rows=1_000_000), 20_000_000),
        (Limits(max_bytes=None), 20_000_000),
    ],
)
def test_a_result_that_is_cut_or_fits_or_is_not_foreseen_is_read_on(limits: Limits, foreseen: int | None) -> None:
    Allowance(limits, STATEMENT, lambda: foreseen).take(50_000, 5_000_000)


def test_only_a_large_result_is_looked_at() -> None:
    allowance = Allowance(Limits(max_bytes="half of the free memory"), STATEMENT, never)

    for _ in range(1_000):
        allowance.take(10, 10_000)


def write(root: Path, **files: str) -> None:
    for name, content in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


MEMINFO = "MemTotal:       16000000 kB\nMemFree:         1000000 kB\nMemAvailable:    8000000 kB\n"


def test_what_is_free_is_what_the_machine_can_give(tmp_path: Path) -> None:
    write(tmp_path, proc__meminfo=MEMINFO)

    assert free_bytes(tmp_path) == 8_000_000 * 1024


def test_a_system_that_does_not_say_has_no_number(tmp_path: Path) -> None:
    assert free_bytes(tmp_path) is None


@pytest.mark.parametrize("meminfo", ["MemAvailable: 0 kB\n", "MemAvailable:\n", "MemTotal: 5 kB\n", "nonsense", ""])
def test_a_system_that_says_nothing_of_use_has_no_number(tmp_path: Path, meminfo: str) -> None:
    write(tmp_path, proc__meminfo=meminfo, proc__self__cgroup="nonsense\n\n0\n")

    assert free_bytes(tmp_path) is None


def test_a_control_group_of_version_2_bounds_it(tmp_path: Path) -> None:
    write(tmp_path, proc__meminfo=MEMINFO)
    write(tmp_path, proc__self__cgroup="0::/user.slice/session.scope\n")
    for folder, most in (("", "max"), ("user.slice", str(4 * GB)), ("user.slice/session.scope", "max")):
        group = tmp_path / "sys/fs/cgroup" / folder
        group.mkdir(parents=True, exist_ok=True)
        (group / "memory.max").write_text(most + "\n")
        (group / "memory.current").write_text(f"{3 * GB}\n")
        (group / "memory.stat").write_text(f"anon 5\ninactive_file {GB}\nactive_file 7\nactive_anon 9\n")

    assert free_bytes(tmp_path) == 2 * GB + 7  # what it has read of files it can let go of


def test_a_control_group_of_version_1_in_a_container_bounds_it(tmp_path: Path) -> None:
    write(tmp_path, proc__meminfo=MEMINFO)
    write(tmp_path, proc__self__cgroup="5:cpu:/docker/abc\n4:memory:/docker/abc\n")
    group = tmp_path / "sys/fs/cgroup/memory"
    group.mkdir(parents=True)
    (group / "memory.limit_in_bytes").write_text(f"{2 * GB}\n")
    (group / "memory.usage_in_bytes").write_text(f"{3 * GB}\n")
    (group / "memory.stat").write_text(f"total_inactive_file {GB // 2}\n")

    assert free_bytes(tmp_path) == 0


def test_this_machine_says_how_much_is_free() -> None:
    found = free_bytes()

    assert found is None or 0 < found < 2**50
