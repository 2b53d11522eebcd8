"""The rules that every script of the repository keeps; shellcheck and shfmt look at the rest."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = sorted(
    [*ROOT.glob("*.sh"), *ROOT.glob("scripts/*.sh"), *ROOT.glob("wait-for-its/*.sh"), ROOT / ".ci" / "run"]
)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_it_is_short_strict_and_executable(script: Path) -> None:
    lines = script.read_text().splitlines()

    assert len(lines) <= 60
    assert lines[0] == "#!/usr/bin/env bash"
    assert lines[1].startswith("# ")
    assert next(line for line in lines if not line.startswith("#")) == "set -euo pipefail"
    assert os.access(script, os.X_OK)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_it_speaks_the_bash_of_every_mac(script: Path) -> None:
    text = script.read_text()

    newer = re.findall(
        r"\bmapfile\b|\breadarray\b|\bdeclare -[An]|\blocal -n\b|\$\{\w+(?:\^|,)|&>>|\|&|\$\{\w+@\w\}", text
    )
    assert newer == []


def test_no_address_of_a_package_index_is_in_the_repository() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    indexes = re.compile(r"(?:pypi|pythonhosted|anaconda|piwheels)\.(?:org|com)|--(?:extra-)?index-url|--find-links")
    named = [
        name
        for name in filter(None, listed.stdout.decode().split("\0"))
        if (ROOT / name).is_file()
        and Path(name).suffix in {".txt", ".toml", ".py", ".sh", ".json", ".rst", ".cfg", "", ".yml"}
        and name != str(Path(__file__).relative_to(ROOT))
        and indexes.search((ROOT / name).read_text(encoding="utf-8", errors="replace"))
    ]

    assert named == []
