"""What has to happen in a process of its own: a question on standard input, an answer on standard output, as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import ROOT

__all__ = ["answer", "ask", "ended", "memory_bytes", "question", "reset_peak", "start"]


def start(module: str) -> subprocess.Popen[str]:
    """Start a child of this package; the caller talks to it and ends it."""
    return subprocess.Popen(
        [sys.executable, "-m", f"benchmarks.children.{module}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def ask(module: str, told: Mapping[str, Any]) -> Any:
    """Return what a child answers to what it is told.

    Raises
    ------
    RuntimeError
        It ended with an error, which it has said itself.
    """
    with start(module) as child, ended(child):
        said, _ = child.communicate(json.dumps(told))
    if child.returncode:
        raise RuntimeError(f"benchmarks.children.{module} ended with {child.returncode}")
    return json.loads(said)


@contextmanager
def ended(child: subprocess.Popen[str]) -> Iterator[None]:
    """Ask a child to end when what is done with it comes to nothing."""
    try:
        yield
    except BaseException:
        child.terminate()
        raise


def question() -> Any:
    """Return what this child was told."""
    return json.loads(sys.stdin.readline())


def answer(content: Mapping[str, Any]) -> None:
    """Say it."""
    print(json.dumps(content), flush=True)


def memory_bytes(kind: str) -> int:
    """Return what this process has in memory (``VmRSS``), or had at most (``VmHWM``)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{kind}:"))


def reset_peak() -> None:
    """Let the most that was had begin at what there is now."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
