"""The JSON Schemas are those of the models, and the shipped files keep them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest

import pycore
from pycore.config import schema

CONFIGS = Path(pycore.__file__).parents[1] / "configs"
FILES = sorted(CONFIGS.glob("*.json"))


def test_the_schema_files_are_current(tmp_path: Path) -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in schema.write(tmp_path / "schema")}

    kept = {path.name: path.read_text(encoding="utf-8") for path in (CONFIGS / "schema").iterdir()}
    assert kept == written, "write them anew: python -m pycore.config.schema configs/schema"


@pytest.mark.parametrize("name", schema.FILES)
def test_each_schema_is_one_of_2020_12(name: str) -> None:
    document = json.loads((CONFIGS / "schema" / name).read_text(encoding="utf-8"))

    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(document)


def schema_of(path: Path) -> Any:
    reference = json.loads(path.read_text(encoding="utf-8"))["$schema"]
    return json.loads((path.parent / reference).read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_shipped_file_names_its_schema_and_keeps_it(path: Path) -> None:
    jsonschema.Draft202012Validator(schema_of(path)).validate(json.loads(path.read_text(encoding="utf-8")))


def spoil(document: Any, pointer: list[str], value: Any) -> None:
    for token in pointer[:-1]:
        document = document[token]
    document[pointer[-1]] = value


@pytest.mark.parametrize(
    ("name", "pointer", "value"),
    [
        ("jupyter.json", ["extra"], 1),
        ("jupyter.json", ["version"], 2),
        ("jupyter.json", ["environments", "1st"], {"redis": "a", "databases": "b"}),
        ("local-redis.json", ["applications", "CACHE", "port"], "6000"),
        ("local-redis.json", ["applications", "CACHE", "versions"], "5"),
        ("local-redis.json", ["applications", "CACHE", "password"], "inline"),
        ("local-redis.json", ["applications", "CACHE", "password"], {"$secret": {}}),
        ("local-redis.json", ["applications", "CACHE", "address"], "redis://u:p@h:6000"),
        ("local-db.json", ["applications", "STOCKS", "address"], "oracle://h/stocks"),
        ("slack.json", ["slack", "enabled"], "1"),
        ("datasets.json", ["prices", "address"], "https://example.org/prices.csv"),
    ],
)
def test_the_schema_refuses_what_the_models_refuse(name: str, pointer: list[str], value: Any) -> None:
    document = json.loads((CONFIGS / name).read_text(encoding="utf-8"))
    spoil(document, pointer, value)

    assert list(jsonschema.Draft202012Validator(schema_of(CONFIGS / name)).iter_errors(document))


def members(node: Any) -> list[tuple[str, Any]]:
    """Return every member that a schema describes, with its name."""
    found = list(node.get("properties", {}).items()) if isinstance(node, dict) else []
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    return found + [member for child in children for member in members(child)]


@pytest.mark.parametrize("name", schema.FILES)
def test_every_member_is_described(name: str) -> None:
    document = json.loads((CONFIGS / "schema" / name).read_text(encoding="utf-8"))

    bare = [member for member, node in members(document) if isinstance(node, dict) and "description" not in node]

    assert bare == []
