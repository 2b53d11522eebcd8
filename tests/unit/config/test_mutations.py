"""Whatever happens to the files: a clear error of ours, each problem with its line, no secret, no traceback."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import pycore
from pycore.config import check_all, load
from pycore.exceptions import ConfigError, UnknownNameError

SHIPPED = Path(pycore.__file__).parents[1] / "configs"
NAMES = sorted(path.name for path in SHIPPED.glob("*.json"))
CANARY = "Canary-hunter2"
SPLINTERS = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    "\\",
    "NaN",
    "//",
    "'",
    "\n",
    "\0",
    "\ud800",
    "\ufeff",
    "0",
    "-",
    "1e999",
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=True, allow_infinity=True),
    st.just(CANARY),
    st.just(f"redis://user:{CANARY}@127.0.0.1:6000/0"),
    st.just(f"../{CANARY}"),
    st.text(max_size=8),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


def places(document: Any, pointer: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every member of `document`."""
    members = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in members:
        yield (*pointer, key)
        yield from places(value, (*pointer, key))


def parent_of(document: Any, pointer: tuple[Any, ...]) -> Any:
    for token in pointer[:-1]:
        document = document[token]
    return document


@st.composite
def spoilt_documents(draw: st.DrawFn) -> tuple[str, bytes]:
    """Return a file of the configuration with a few members replaced, removed, or added."""
    name = draw(st.sampled_from(NAMES))
    document = json.loads((SHIPPED / name).read_text(encoding="utf-8"))
    for _ in range(draw(st.integers(1, 3))):
        pointer = draw(st.sampled_from([*places(document), ("extra",)]))
        parent = parent_of(document, pointer)
        change = draw(st.sampled_from(["replace", "remove", "add"]))
        if change == "remove" and pointer != ("extra",):
            del parent[pointer[-1]]
        elif change == "add" and isinstance(parent, dict):
            parent[draw(st.text(max_size=6))] = draw(VALUES)
        else:
            parent[pointer[-1]] = draw(VALUES)
    indent = draw(st.sampled_from([None, 1]))
    return name, json.dumps(document, indent=indent).encode()


def is_a_key(text: str) -> bool:
    """Whether the canary is a key of a file that is sound: the error names such a key."""
    try:
        return any(CANARY in pointer for pointer in places(json.loads(text)))
    except ValueError:
        return False


@st.composite
def spoilt_texts(draw: st.DrawFn) -> tuple[str, bytes]:
    """Return a file of the configuration with pieces of text put in, cut out or doubled."""
    name = draw(st.sampled_from(NAMES))
    text = (SHIPPED / name).read_text(encoding="utf-8")
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 40)))
        piece = draw(st.one_of(st.sampled_from(SPLINTERS), st.just(f'"{CANARY}"'), st.just(text[start:end] * 2)))
        text = text[:start] + piece + text[end:]
    assume(not is_a_key(text))
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-16", "utf-8-sig"]))
    return name, text.encode(encoding, "surrogatepass")


@pytest.fixture(scope="module")
def configs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the shipped files; each example puts back the one that it spoils."""
    folder = tmp_path_factory.mktemp("clone") / "configs"
    shutil.copytree(SHIPPED, folder)
    return folder


def outcome(configs: Path, name: str, content: bytes) -> ConfigError | UnknownNameError | None:
    """Return the error that `content` in place of the file `name` leads to, by either way of reading it."""
    (configs / name).write_bytes(content)
    try:
        load("Live", configs / "jupyter.json", environ={})
        check_all(configs / "jupyter.json", environ={})
    except (ConfigError, UnknownNameError) as exc:
        return exc
    finally:
        shutil.copyfile(SHIPPED / name, configs / name)
    return None


@pytest.mark.parametrize("texts", [f'"password" "{CANARY}": 1', f'"{CANARY}" {{', f'"password": {{"{CANARY}": 1, }}'])
def test_a_text_that_came_to_stand_where_a_key_should_is_not_repeated(configs: Path, texts: str) -> None:
    content = f'{{"version": 1, "applications": {{"CACHE": {{{texts}, "versions": "5"}}}}}}'

    error = outcome(configs, "redis.json", content.encode())

    assert error is not None
    check(error)


def check(error: ConfigError | UnknownNameError | None) -> None:
    text = str(error)

    assert CANARY not in text
    text.encode("utf-8")
    if isinstance(error, ConfigError):
        assert error.problems
        assert all(problem.line and problem.column and problem.path for problem in error.problems)
        assert all(problem.pointer is not None for problem in error.problems)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spoilt_documents())
def test_other_values_lead_to_errors_with_lines_and_without_secrets(configs: Path, spoilt: tuple[str, bytes]) -> None:
    check(outcome(configs, *spoilt))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spoilt_texts())
def test_other_texts_lead_to_errors_with_lines_and_without_secrets(configs: Path, spoilt: tuple[str, bytes]) -> None:
    check(outcome(configs, *spoilt))
