"""Each image has a word for what it is made of, which is what its Containerfile takes from the clone."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest
from unit.shell.engine import ROOT, Engine

sys.path.insert(0, str(ROOT / "scripts"))

from stack import sources
from stack.engine import StackError

FETCHED = {"containerfiles/certificates", "containerfiles/wheels", "containerfiles/debs"}


def taken(containerfile: Path) -> set[str]:
    """Return what a Containerfile takes from the clone."""
    text = re.sub(r"\\\n", " ", containerfile.read_text())
    copied = [line.split()[1:-1] for line in text.splitlines() if line.startswith("COPY ") and "--from=" not in line]
    return {word for words in copied for word in words if not word.startswith("--")} | set(
        re.findall(r"type=bind,source=([^,\s]+)", text)
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of what the images are made of."""
    for part in {part for parts in sources.IMAGES.values() for part in parts}:
        found, copied = ROOT / part, tmp_path / part
        copied.parent.mkdir(parents=True, exist_ok=True)
        if found.is_file():
            shutil.copy2(found, copied)
        else:
            copied.mkdir(exist_ok=True)
            (copied / "a.py").write_text("a = 1\n")
    return tmp_path


def test_each_image_has_its_parts() -> None:
    assert set(sources.IMAGES) == {file.parent.name for file in ROOT.glob("containerfiles/*/Containerfile")}


@pytest.mark.parametrize("image", sources.IMAGES)
def test_the_parts_are_what_the_containerfile_takes(image: str) -> None:
    containerfile = f"containerfiles/{image}/Containerfile"

    parts = sources.IMAGES[image]
    assert len(set(parts)) == len(parts)
    assert set(parts) == (taken(ROOT / containerfile) - FETCHED) | {containerfile}


@pytest.mark.parametrize("image", sources.IMAGES)
def test_each_image_is_told_of_its_own_sources(image: str) -> None:
    told = f'SOURCES: "${{{sources.variable(image)}:-}}"'

    lines = (ROOT / "containerfiles" / image / "Containerfile").read_text().splitlines()
    assert lines.index("ARG SOURCES") > max(i for i, line in enumerate(lines) if line.startswith(("RUN", "COPY")))
    assert f'LABEL {sources.LABEL}="${{SOURCES}}"' in lines
    for name in ("full-stack", "standalone") if image == "jupyter" else ("full-stack",):
        text = (ROOT / "compose" / f"{name}.yml").read_text()
        (args,) = re.findall(rf"containerfiles/{image}/Containerfile\n +args:(.*?)\n    \w", text, re.DOTALL)
        assert told in args, name


@pytest.mark.parametrize(
    ("changed", "images"),
    [
        ("pycore/a.py", {"jupyter", "stocksdb"}),
        ("pycore/cache/scripts/a.py", {"jupyter", "redis-server", "stocksdb"}),
        ("containerfiles/database-page/start-page.sh", {"database-page"}),
        ("scripts/lock.sh", set()),
        ("pycore/__pycache__/a.pyc", set()),
        ("containerfiles/wheels/a.whl", set()),
    ],
)
def test_a_change_is_one_of_the_images_that_have_the_file(clone: Path, changed: str, images: set[str]) -> None:
    before = sources.identities(clone)

    (clone / changed).parent.mkdir(parents=True, exist_ok=True)
    with (clone / changed).open("a") as file:
        file.write("b = 2\n")

    after = sources.identities(clone)
    assert {
        image for image in sources.IMAGES if before[sources.variable(image)] != after[sources.variable(image)]
    } == images


def test_what_is_no_file_is_passed_over(clone: Path) -> None:
    before = sources.identities(clone)

    (clone / "pycore" / ".#core.py").symlink_to("somebody@somewhere.1234")
    (clone / "configs" / "elsewhere").symlink_to("/")

    assert sources.identities(clone) == before


def test_what_cannot_be_read_is_said(clone: Path) -> None:
    (clone / "LICENSE").unlink()

    with pytest.raises(StackError, match=r"LICENSE cannot be read \(No such file or directory\)"):
        sources.identities(clone)


@pytest.mark.parametrize(
    ("mode", "options", "stale"),
    [
        ("standalone", (), "jupyter comes"),
        ("dev", (), "redis-server and stocksdb come"),
        ("full-stack", ("--profile", "admin"), "database-page and jupyter and redis-server and stocksdb come"),
    ],
)
def test_images_of_other_sources_are_named(engine: Engine, mode: str, options: tuple[str, ...], stale: str) -> None:
    said = engine.call("start.sh", mode, *options, **engine.project())

    assert said.code == 0, said.err
    assert f"Images         {stale} from other sources than those of this clone; --build builds again\n" in said.err


def test_images_of_these_sources_are_no_word_worth(engine: Engine) -> None:
    known = sources.identities()
    labels = {f"sci-pype-{image}": known[sources.variable(image)] for image in sources.IMAGES}
    engine.wish(labels=labels | {"sci-pype-jupyter": "other"})

    said = engine.call("start.sh", "dev", **engine.project())

    assert said.code == 0, said.err
    assert "from other sources" not in said.err
