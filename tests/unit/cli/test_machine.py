"""Each check of the machine and the installation, broken once: it turns red, with its cure and its exit code."""

from __future__ import annotations

import json
import shutil
import socket
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from suites.redis_server import free_port

from pycore.cli import _machine
from pycore.results import CheckResult


def broken(result: CheckResult, exit_code: int) -> CheckResult:
    assert result.ok is False
    assert result.cure
    assert result.exit_code == exit_code
    return result


def test_this_python_is_new_enough() -> None:
    assert _machine.python().ok


def test_an_old_python_is_red() -> None:
    result = broken(_machine.python((3, 10, 4)), 3)

    assert result.detail == "3.10.4 is older than 3.11"
    assert "install Python 3.11" in result.cure


def test_packages_as_the_lock_says_are_right(tmp_path: Path) -> None:
    lock = tmp_path / "constraints.txt"
    version = metadata.version("click")
    lock.write_text(
        f"# locked\nclick=={version} \\\n    --hash=sha256:00\nneverheardof==1 ; python_version < '3'\n", "utf-8"
    )

    result = _machine.packages(lock)

    assert result.ok
    assert result.detail.startswith("1 are as the lock")


def test_a_package_of_another_version_and_a_missing_one_are_red(tmp_path: Path) -> None:
    lock = tmp_path / "constraints.txt"
    lock.write_text("click==0.1\nneverheardof==1\n", "utf-8")

    result = broken(_machine.packages(lock), 3)

    assert f"click {metadata.version('click')}" in result.detail
    assert "neverheardof is missing" in result.detail
    assert "./start.sh" in result.cure


def test_many_wrong_packages_are_counted_not_listed(tmp_path: Path) -> None:
    lock = tmp_path / "constraints.txt"
    lock.write_text("".join(f"neverheardof{number}==1\n" for number in range(9)), "utf-8")

    assert "and 4 more" in broken(_machine.packages(lock), 3).detail


def test_without_a_lock_what_pycore_requires_is_looked_at(tmp_path: Path) -> None:
    assert _machine.packages(tmp_path / "none.txt").ok
    assert "pycore's requirements" in _machine.packages(None).detail


@pytest.fixture
def installed(tmp_path: Path) -> metadata.Distribution:
    """A copy of jupyter_bokeh as it is installed, front end and all, to be broken."""
    own = metadata.distribution("jupyter_bokeh")
    site = tmp_path / "lib" / "python3.11" / "site-packages"
    for file in own.files or ():
        source, target = Path(str(file.locate())), site / file
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    (info,) = site.glob("*.dist-info")
    return metadata.Distribution.at(info)


def front_end(distribution: metadata.Distribution) -> CheckResult:
    return _machine.assets("Bokeh in Jupyter", distribution, "share/jupyter/labextensions/")


def file_of(distribution: metadata.Distribution, name: str) -> Path:
    found = [file for file in distribution.files or () if "labextensions" in str(file) and file.name == name]
    return Path(str(found[0].locate()))


def test_a_whole_front_end_is_right(installed: metadata.Distribution) -> None:
    result = front_end(installed)

    assert result.ok
    assert installed.version in result.detail


def test_a_front_end_of_another_version_is_red(installed: metadata.Distribution) -> None:
    package = file_of(installed, "package.json")
    content = package.read_text("utf-8")
    other = content.replace(f'"version": "{installed.version}"', '"version": "9.9.9"', 1)
    assert len(other) == len(content)
    package.write_text(other, "utf-8")

    result = broken(front_end(installed), 3)

    assert "package.json" in result.detail
    assert f"jupyter_bokeh=={installed.version}" in result.cure


def test_a_front_end_with_a_missing_and_a_cut_file_is_red(installed: metadata.Distribution) -> None:
    package = file_of(installed, "package.json")
    package.unlink()
    script = next(package.parent.glob("static/*.js"))
    script.write_bytes(script.read_bytes()[:-1])

    result = broken(front_end(installed), 3)

    assert "2 of" in result.detail
    assert script.name in result.detail


def test_a_package_that_does_not_say_its_files_is_not_examined(installed: metadata.Distribution) -> None:
    assert _machine.assets("Bokeh", installed, "no/such/folder/").ok is None


@pytest.mark.parametrize(("name", "package", "part"), _machine.front_ends())
def test_each_front_end_that_is_examined_is_there(name: str, package: str, part: str) -> None:
    assert _machine.assets(name, metadata.distribution(package), part).ok


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    folder = tmp_path / "share" / "jupyter" / "kernels" / "sci-pype"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps({"argv": [sys.executable, "-m", "ipykernel_launcher"]}), "utf-8")
    return tmp_path


def kernel_file(prefix: Path) -> Path:
    return prefix / "share" / "jupyter" / "kernels" / "sci-pype" / "kernel.json"


def test_a_kernel_with_its_interpreter_is_right(prefix: Path) -> None:
    assert _machine.kernel(prefix, "sci-pype").ok


def test_a_missing_kernel_is_red(prefix: Path) -> None:
    kernel_file(prefix).unlink()

    assert "is missing" in broken(_machine.kernel(prefix, "sci-pype"), 3).detail


@pytest.mark.parametrize("text", ["", "{}", '{"argv": []}', "[1]"])
def test_a_kernel_that_describes_nothing_is_red(prefix: Path, text: str) -> None:
    kernel_file(prefix).write_text(text, "utf-8")

    assert "describes no kernel" in broken(_machine.kernel(prefix, "sci-pype"), 3).detail


def test_a_kernel_whose_interpreter_is_gone_is_red(prefix: Path) -> None:
    kernel_file(prefix).write_text(json.dumps({"argv": [str(prefix / "bin" / "python")]}), "utf-8")

    assert "is not there" in broken(_machine.kernel(prefix, "sci-pype"), 3).detail


def test_a_disk_with_room_is_right_also_before_the_folder_is_made(tmp_path: Path) -> None:
    result = _machine.disk(tmp_path / "data" / "run", minimum_bytes=0)

    assert result.ok
    assert str(tmp_path) in result.detail


def test_a_full_disk_is_red(tmp_path: Path) -> None:
    result = broken(_machine.disk(tmp_path, minimum_bytes=2**60), 4)

    assert "less than 1048576.0 TiB" in result.detail
    assert "ENV_DATA_DIR" in result.cure


def test_a_folder_that_cannot_be_written_to_is_red() -> None:
    result = broken(_machine.disk(Path("/proc/1"), minimum_bytes=0), 4)

    assert "cannot be written to" in result.detail


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_a_port_that_another_program_has_is_red(listener: socket.socket) -> None:
    number = listener.getsockname()[1]

    result = broken(_machine.port("JupyterLab", number, ours=False, variable="ENV_JUPYTER_PORT"), 4)

    assert "another program listens there" in result.detail
    assert f"ENV_JUPYTER_PORT={number + 1} ./start.sh" in result.cure


def test_a_port_that_our_service_has_is_right(listener: socket.socket) -> None:
    assert _machine.port("Redis", listener.getsockname()[1], ours=True, variable="ENV_REDIS_PORT").ok


def test_a_free_port_is_right() -> None:
    assert _machine.port("Redis", free_port(), ours=False, variable="ENV_REDIS_PORT").ok
