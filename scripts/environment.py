"""Make ``.venv`` from the lock, unless nothing has changed since it was made; then become the command that follows.

    environment.py [--dev] [--] [COMMAND ARGUMENT...]

Runs before anything is installed: with the standard library alone, on every Python from 3.11 on. Exit code 3 and one
message when the environment cannot be made; what the installers said stands in ``data/run/install.log``.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "sci-pype.json"  # written last: what is installed
UNFINISHED = VENV / "sci-pype.unfinished"  # written first, removed last
BASE_PYTHON = str(Path(sys.executable).resolve())
NEEDED_BYTES = 1_500_000_000
SETUP_ERROR = 3

# What an installer says, and what that means to the user; the first that fits.
CAUSES = (
    (r"No space left on device|Disk quota exceeded", "the disk is full; make room (about 1.5 GB) and start again"),
    (
        r"DO NOT MATCH THE HASHES|[Hh]ash mismatch",
        (
            "a package is not the one that was locked: it was damaged on its way, or the package index serves another; "
            "start again, and if that does not help, use another index"
        ),
    ),
    (
        (
            r"NewConnectionError|Connection ?(refused|reset|aborted|broken|Error)|unreachable"
            r"|from versions: none|[Nn]ame (or service not known|resolution)|[Tt]imed? ?out|dns error"
            r"|error sending request|IncompleteRead|SSLError|certificate"
        ),
        (
            "packages could not be downloaded; check the network and its proxy, or name a mirror of the package index "
            "(PIP_INDEX_URL, for uv UV_DEFAULT_INDEX), and start again"
        ),
    ),
    (
        r"No matching distribution|no wheels? with a matching|[Rr]equires-[Pp]ython",
        "a package is not offered for this Python on this system; name another: PYTHON=python3.13 ./start.sh",
    ),
    (
        r"ensurepip|No module named '?venv",
        (
            "this Python lacks venv; install it (Debian, Ubuntu: apt-get install python3-venv), put uv on the PATH, or "
            "name another: PYTHON=/path/to/python3 ./start.sh"
        ),
    ),
    (r"Permission denied|Read-only file system", "the clone cannot be written; make it yours, or clone it elsewhere"),
)


def main(arguments: Sequence[str]) -> None:
    """Make sure of the environment, then become the command."""
    dev, command = arguments[:1] == ["--dev"], [*arguments]
    if dev:
        command.pop(0)
    if command[:1] == ["--"]:
        command.pop(0)
    parts = ("constraints.txt", "constraints-dev.txt") if dev else ("constraints.txt",)
    if not all(is_current(part) for part in parts):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
                signal.signal(number, lambda received, _: sys.exit(128 + received))
        with locked():
            install([part for part in parts if not is_current(part)])
    if command:
        os.execv(command[0], command)


def is_current(part: str) -> bool:
    """Return whether `part` of the lock is installed as it stands."""
    return stamp().get(part) == digest(part)


def stamp() -> dict[str, str]:
    """Return what was installed to its end; nothing where an install was interrupted."""
    if UNFINISHED.exists() or not PYTHON.exists():
        return {}
    try:
        found: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if found.get("place") == place() else {}


def place() -> str:
    """Return what an environment cannot be moved away from: its folder and the Python it was made with."""
    settings = (VENV / "pyvenv.cfg").read_text(encoding="utf-8") if (VENV / "pyvenv.cfg").exists() else ""
    version = re.search(r"^version(?:_info)? = (\d+\.\d+)", settings, re.MULTILINE)
    made_with = version[1] if version else ""
    library = VENV / "lib" / f"python{made_with}"
    return f"{VENV} {made_with if library.is_dir() else 'broken'}"


def digest(part: str) -> str:
    """Return a text that changes with `part` of the lock and with pycore's own settings."""
    content = b"".join((ROOT / name).read_bytes() for name in (part, "pyproject.toml"))
    return hashlib.sha256(content).hexdigest()


@contextmanager
def locked() -> Iterator[None]:
    """Let one start install at a time; the system drops the lock of one that is killed."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another start that is installing in this clone")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def install(parts: Sequence[str]) -> None:
    """Install what is missing, and write down that it is there."""
    if not parts:
        return  # another start was quicker
    if shutil.disk_usage(ROOT).free < NEEDED_BYTES:
        fail("the disk is full; make room (about 1.5 GB) and start again")
    installer = Installer()
    known = stamp()
    if not known and (UNFINISHED.exists() or STAMP.exists()):
        say("Making .venv again: it is unfinished, was moved, or its Python is gone")
        shutil.rmtree(VENV)
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    if not PYTHON.exists():
        installer.make_environment()
    for part in parts:
        installer.install(part)
        known[part] = digest(part)
    if "constraints.txt" in parts:
        installer.install_pycore()
    STAMP.write_text(json.dumps({**known, "place": place()}, indent=2), encoding="utf-8")
    UNFINISHED.unlink()
    with Child([str(PYTHON), "-P", "-m", "pycore.local", "prepare"]) as prepare:
        if prepare.wait():
            sys.exit(prepare.returncode)


class Child(subprocess.Popen[bytes]):
    """A program that is asked to end, and waited for, when this one is."""

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        """Return when it has ended."""
        if kind is not None:
            self.terminate()
        self.wait()


class Installer:
    """uv when it is on the PATH, else venv and pip; their words go to a log."""

    def __init__(self) -> None:
        self.uv = shutil.which("uv")
        folder = Path(os.environ.get("ENV_DATA_DIR") or ROOT / "data") / "run"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.log = folder / "install.log"
        self.log.write_bytes(b"")
        self.pip = (
            [self.uv, "pip", "install", "--python", str(PYTHON)] if self.uv else [str(PYTHON), "-m", "pip", "install"]
        )
        self.compiling = ["--compile-bytecode"] if self.uv else ["--no-compile"]

    def make_environment(self) -> None:
        """Make the empty environment."""
        # Not the .venv's own Python, which may run this and be gone by now, but the one that it was made with.
        python = sys.executable if sys.prefix == sys.base_prefix else BASE_PYTHON
        with_uv = [str(self.uv), "venv", "--allow-existing", "--python", python, str(VENV)]
        version = ".".join(map(str, sys.version_info[:3]))
        self.run(with_uv if self.uv else [python, "-m", "venv", str(VENV)], f"Making .venv with Python {version}")

    def install(self, part: str) -> None:
        """Install `part` of the lock, each file checked against its digest; the lock names all there is to install."""
        total = len(re.findall(r"^\w", (ROOT / part).read_text(encoding="utf-8"), re.MULTILINE))
        self.run(
            [*self.pip, *self.compiling, "--no-deps", "--require-hashes", "-r", str(ROOT / part)],
            f"Installing about {total} packages with {'uv' if self.uv else 'pip'}",
        )
        if not self.uv:
            # pip would compile on one processor; a file in an old dialect that does not compile is nobody's concern.
            library = next((VENV / "lib").glob("python*"))
            # The packages' own tests, a fifth of all, are compiled if anybody ever runs them.
            compiling = ["compileall", "-q", "-j", "0", "-x", r"site-packages/.*/tests/", str(library)]
            self.run([str(PYTHON), "-m", *compiling], "Compiling them", required=False)

    def install_pycore(self) -> None:
        """Install pycore itself, as it stands in the clone, with the build back end that was just installed."""
        self.run([*self.pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)], "Installing pycore")

    def run(self, command: Sequence[str], what: str, *, required: bool = True) -> None:
        """Run one step, and show that it goes on; fail with the cause when it fails."""
        began_s = time.monotonic()
        start = self.log.stat().st_size
        progress = Progress(what)
        with (
            self.log.open("ab") as output,
            Child(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=ROOT) as child,
        ):
            while child.poll() is None:
                progress.show(self.log.read_bytes()[start:].decode(errors="replace"), time.monotonic() - began_s)
                time.sleep(0.2)
        progress.end(time.monotonic() - began_s)
        if child.returncode and required:
            self.explain(self.log.read_bytes()[start:].decode(errors="replace"))

    def explain(self, said: str) -> NoReturn:
        """Fail with what the installer's words mean."""
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        unknown = f"the installer says: {lines[-1] if lines else 'nothing'}"
        cause = next((text for pattern, text in CAUSES if re.search(pattern, said)), unknown)
        fail(f"{cause}. All that it said: {self.log}")


class Progress:
    """One line that moves on a terminal, a line now and then elsewhere."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.moves = sys.stderr.isatty()
        self.said_s = 0.0
        say(what)

    def show(self, said: str, elapsed_s: float) -> None:
        """Show how far the installer has come, from what it has said."""
        if elapsed_s - self.said_s < (0.2 if self.moves else 15.0):
            return
        self.said_s = elapsed_s
        n_fetched = len(re.findall(r"^Collecting ", said, re.MULTILINE))
        stage = f"{n_fetched} fetched" if n_fetched else "working"
        if "Installing collected packages" in said:
            stage = "unpacking and compiling"
        sys.stderr.write(f"{chr(13) if self.moves else ''}  {stage}, {elapsed_s:.0f} s {'' if self.moves else chr(10)}")
        sys.stderr.flush()

    def end(self, elapsed_s: float) -> None:
        """Say how long it took."""
        sys.stderr.write(f"{chr(13) if self.moves else ''}  {elapsed_s:.1f} s{' ' * 40 if self.moves else ''}\n")


def say(text: str) -> None:
    """Tell the user."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def fail(text: str) -> NoReturn:
    """Say what is wrong and what to do, and end."""
    say(f"start.sh: {text}")
    sys.exit(SETUP_ERROR)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as exc:
        known_cause = next((text for pattern, text in CAUSES if re.search(pattern, str(exc))), None)
        if known_cause is None:
            raise
        fail(f"{known_cause} ({exc})")
