"""Making .venv: from the lock alone, once, mended when it was interrupted, with one message when it cannot be made.

The clones here have a short lock, which is installed in seconds; that of the real one is in test_cold.py.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import venv
from importlib.util import find_spec
from pathlib import Path

import pytest
from suites.clone import REPOSITORY, Clone, copied_to
from suites.redis_server import free_port

from pycore._wait import wait_for
from pycore.cache.embedded import find_server

# pycore's build back end and what that needs; enough to install pycore itself.
SHORT_LOCK = ("editables", "hatchling", "packaging", "pathspec", "pluggy", "trove-classifiers")
BASE_PYTHON = Path(sys.base_prefix) / "bin" / "python3"


def entries(text: str) -> dict[str, str]:
    """Return the entries of a lock by the name of their package."""
    parts = re.split(r"^(?=\w)", text, flags=re.MULTILINE)
    return {re.split(r"[=\[ ]", part, maxsplit=1)[0]: part for part in parts if part.strip()}


@pytest.fixture
def short(tmp_path: Path) -> Clone:
    """A clone with a short lock, in a path with a space and an umlaut."""
    root = copied_to(tmp_path / "short clöne")
    lock = entries((root / "constraints.txt").read_text())
    (root / "constraints.txt").write_text("".join(lock[name] for name in SHORT_LOCK))
    return Clone(root=root, folder=tmp_path)


@pytest.fixture
def with_pip(short: Clone) -> Clone:
    """The same with a .venv that holds pip alone: making that takes longer than all the rest."""
    pip = find_spec("pip")
    venv.create(short.root / ".venv", symlinks=True, with_pip=pip is None)
    (library,) = (short.root / ".venv").glob("lib/python*/site-packages")
    if pip is not None and pip.origin is not None:
        for folder in Path(pip.origin).parents[1].glob("pip*"):
            shutil.copytree(folder, library / folder.name)
    return short


def path_with_redis() -> str:
    """Return a PATH with a redis-server at its end, so that none is fetched: test_cold.py does that."""
    server = find_server()
    assert server is not None
    return f"{os.environ['PATH']}{os.pathsep}{server.path.parent}"


def make(clone: Clone, **changes: str) -> subprocess.CompletedProcess[str]:
    """Make the environment as start.sh does, without becoming what start.sh becomes."""
    command = 'python=$("$0/scripts/python.sh") && exec "$python" "$0/scripts/environment.py"'
    changes.setdefault("PATH", path_with_redis())
    return subprocess.run(
        ["bash", "-c", command, str(clone.root)],
        cwd=clone.folder,
        env=clone.environ(**changes),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def failed(clone: Clone, **changes: str) -> str:
    """Return the message of an environment that cannot be made."""
    made = make(clone, **changes)
    assert made.returncode == 3, made.stderr
    assert "Traceback" not in made.stderr
    return made.stderr


def only(folder: Path, **programs: Path | str) -> str:
    """Return a PATH with the system's tools and, of Python, only these programs."""
    tools = folder / "tools"
    tools.mkdir()
    for name in ("bash", "dirname", "env", "sed"):
        (tools / name).symlink_to(shutil.which(name) or f"/bin/{name}")
    for name, program in programs.items():
        if isinstance(program, Path):
            (tools / name).symlink_to(program)
        else:
            (tools / name).write_text(program)
            (tools / name).chmod(0o755)
    return str(tools)


def test_it_is_made_once(short: Clone) -> None:
    before = {path.name for path in short.root.iterdir()}
    first = make(short)
    assert first.returncode == 0, first.stderr
    stamp = (short.root / ".venv" / "sci-pype.json").stat()

    second = make(short)

    assert second.returncode == 0
    assert second.stderr == ""
    assert (short.root / ".venv" / "sci-pype.json").stat().st_mtime_ns == stamp.st_mtime_ns
    assert (short.root / ".venv" / "share" / "jupyter" / "kernels" / "sci-pype" / "kernel.json").exists()
    assert {path.name for path in short.root.iterdir()} - before == {".venv"}


def test_a_changed_lock_is_installed(with_pip: Clone) -> None:
    assert make(with_pip).returncode == 0
    whole = entries((REPOSITORY / "constraints.txt").read_text())
    with (with_pip.root / "constraints.txt").open("a") as lock:
        lock.write(whole["click"])

    assert make(with_pip).returncode == 0

    imported = subprocess.run([with_pip.root / ".venv" / "bin" / "python", "-c", "import click"], check=False)
    assert imported.returncode == 0


def test_an_interrupted_install_is_mended(with_pip: Clone) -> None:
    with (with_pip.folder / "err").open("w") as err:
        first = subprocess.Popen(
            [BASE_PYTHON, with_pip.root / "scripts" / "environment.py"],
            env=with_pip.environ(),
            stdin=subprocess.DEVNULL,
            stderr=err,
            start_new_session=True,
        )
    wait_for(lambda: "Installing about" in with_pip.said(), 60, service="the install")
    os.killpg(first.pid, signal.SIGKILL)
    first.wait(timeout=5)

    again = make(with_pip)

    assert again.returncode == 0, again.stderr
    assert "unfinished" in again.stderr
    assert json.loads((with_pip.root / ".venv" / "sci-pype.json").read_text())["constraints.txt"]


def test_a_signal_ends_the_installer_too(with_pip: Clone) -> None:
    with (with_pip.folder / "err").open("w") as err:
        install = subprocess.Popen(
            [with_pip.root / "start.sh"], env=with_pip.environ(), stdin=subprocess.DEVNULL, stderr=err
        )
    wait_for(lambda: "Installing about" in with_pip.said(), 60, service="the install")

    install.terminate()

    assert install.wait(timeout=10) == 143
    with_pip.wait_until_nothing_runs()


def test_two_starts_at_once_install_once(with_pip: Clone) -> None:
    environ = with_pip.environ()
    command = [str(BASE_PYTHON), str(with_pip.root / "scripts" / "environment.py")]
    both = [
        subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]

    said = [each.communicate(timeout=100)[1] for each in both]

    assert [each.returncode for each in both] == [0, 0]
    assert sum("Installing about" in text for text in said) == 1


def test_a_moved_clone_gets_a_new_environment(with_pip: Clone) -> None:
    assert make(with_pip).returncode == 0
    moved = Clone(root=with_pip.root.rename(with_pip.folder / "moved"), folder=with_pip.folder)

    made = make(moved)

    assert made.returncode == 0, made.stderr
    script = (moved.root / ".venv" / "bin" / "hatchling").read_text()
    assert str(with_pip.root) not in script


def test_uv_is_used_where_it_is_on_the_path(short: Clone) -> None:
    tools = short.folder / "tools"
    tools.mkdir()
    words = short.folder / "words"
    (tools / "uv").write_text(
        f'#!/usr/bin/env bash\nprintf "%s\\n" "$*" >>"{words}"\n'
        f'[ "$1" != venv ] || "{BASE_PYTHON}" -m venv --without-pip "{short.root}/.venv"\n'
    )
    (tools / "uv").chmod(0o755)

    made = make(short, PATH=f"{tools}{os.pathsep}{path_with_redis()}", PYTHONPATH=str(short.root))

    assert made.returncode == 0, made.stderr
    venv_words, lock_words, own_words = words.read_text().splitlines()
    assert venv_words.startswith("venv ")
    assert all(word in lock_words for word in ("--require-hashes", "--no-deps", "--compile-bytecode"))
    assert lock_words.endswith(f"-r {short.root}/constraints.txt")
    assert own_words.endswith(f"--no-deps --no-build-isolation -e {short.root}")


def test_without_a_network(with_pip: Clone) -> None:
    closed = f"http://127.0.0.1:{free_port()}/simple"

    said = failed(
        with_pip,
        PIP_INDEX_URL=closed,
        PIP_CONFIG_FILE=os.devnull,
        PIP_FIND_LINKS="",
        PIP_EXTRA_INDEX_URL="",
        PIP_RETRIES="0",
    )

    assert "could not be downloaded" in said
    assert str(with_pip.run_dir / "install.log") in said


def test_a_package_that_is_not_the_locked_one(with_pip: Clone) -> None:
    lock = with_pip.root / "constraints.txt"
    lock.write_text(re.sub(r"sha256:[0-9a-f]{64}", f"sha256:{'0' * 64}", lock.read_text()))

    assert "not the one that was locked" in failed(with_pip)


def test_a_full_disk(short: Clone) -> None:
    made = short.call_on_a_full_disk(
        "20m", f'cp -R "$CLONE/." "$DISK" && exec "{BASE_PYTHON}" "$DISK/scripts/environment.py"'
    )

    assert made.returncode == 3, made.stderr
    assert "the disk is full" in made.stderr


def test_no_python(short: Clone, tmp_path: Path) -> None:
    assert "needs Python 3.11 or newer; found: none" in failed(short, PATH=only(tmp_path))


def test_a_python_that_is_too_old(short: Clone, tmp_path: Path) -> None:
    old = '#!/usr/bin/env bash\ncase "$2" in *print*) echo 3.8.10 ;; *) exit 1 ;; esac\n'

    said = failed(short, PATH=only(tmp_path, python3=old))

    assert "needs Python 3.11 or newer" in said
    assert "(3.8.10)" in said
    assert "PYTHON=" in said


def test_a_python_that_was_named_and_is_too_old(short: Clone, tmp_path: Path) -> None:
    old = tmp_path / "python3.8"
    old.write_text("#!/usr/bin/env bash\nexit 1\n")
    old.chmod(0o755)

    assert f"PYTHON={old} is not Python 3.11 or newer" in failed(short, PYTHON=str(old))


def test_a_newer_python_is_found_behind_an_old_one(short: Clone, tmp_path: Path) -> None:
    old = "#!/usr/bin/env bash\nexit 1\n"
    named = f"python3.{sys.version_info.minor}"

    found = subprocess.run(
        [short.root / "scripts" / "python.sh"],
        env=short.environ(PATH=only(tmp_path, python3=old, **{named: BASE_PYTHON})),
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.stdout == f"{tmp_path}/tools/{named}\n"


def test_a_python_without_venv(short: Clone, tmp_path: Path) -> None:
    (tmp_path / "lacking" / "venv").mkdir(parents=True)
    (tmp_path / "lacking" / "venv" / "__init__.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'venv'\")\n"
    )
    lacking = f'#!/usr/bin/env bash\nPYTHONPATH="{tmp_path}/lacking" exec "{BASE_PYTHON}" "$@"\n'

    said = failed(short, PATH=only(tmp_path, python3=lacking), PYTHONPATH=str(tmp_path / "lacking"))

    assert "lacks venv" in said
    assert "python3-venv" in said
