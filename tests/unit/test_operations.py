"""What the Compose files and the scripts read stands in the manual, and what they are built as is this version."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pycore

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "compose").glob("*.yml"))
PROGRAM = [ROOT / "scripts" / "stack" / name for name in ("settings.py", "__main__.py")]
MANUAL = (ROOT / "docs" / "operations.rst").read_text(encoding="utf-8")
# Made by stack.sh for the Compose files, never given to it.
OURS = {"ENV_SECRETS_ID"}


@pytest.mark.parametrize("file", [*FILES, *PROGRAM], ids=lambda file: file.name)
def test_each_variable_is_in_the_manual(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    read = set(re.findall(r"\$\{(ENV_[A-Z_]+)", text)) | set(re.findall(r"^ +(ENV_[A-Z_]+):$", text, re.MULTILINE))
    if file.suffix == ".py":
        read = set(re.findall(r"ENV_[A-Z_]+", text))

    assert read
    assert {name for name in read - OURS if f"``{name}``" not in MANUAL} == set()


def test_each_variable_of_the_manual_is_read() -> None:
    texts = [file.read_text(encoding="utf-8") for file in (*FILES, *PROGRAM)]
    named = re.findall(r"^``(ENV_[A-Z_]+)`` +", MANUAL, re.MULTILINE)

    assert len(named) > 20
    assert [name for name in named if not any(name in text for text in texts)] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_images_are_named_by_this_version(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    versions = re.findall(r"image: sci-pype-[a-z-]+:([^\s,]+)", text) + re.findall(r"VERSION: ([^},\s]+)", text)
    assert versions or file.name == "dev.yml", "which has only what differs from full-stack.yml"
    assert set(versions) <= {pycore.__version__}


def test_the_manual_names_every_secret() -> None:
    examples = sorted(path.name for path in (ROOT / "compose" / "secrets").glob("*_example"))

    assert len(examples) == 6
    assert [name for name in examples if f"``{name.removesuffix('_example')}``" not in MANUAL] == []
    assert f"sci-pype-jupyter:{pycore.__version__}" in MANUAL
