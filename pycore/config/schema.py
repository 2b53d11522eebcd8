"""The JSON Schemas of the configuration files, generated from the models.

``python -m pycore.config.schema configs/schema`` writes them. Editors complete and check by them: each file names its
schema in ``$schema``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import CoreSchema

from pycore.config.models import DatabaseFile, DatasetFile, File, Manifest, NotifyFile, RedisFile

__all__ = ["FILES", "generate", "write"]

FILES: Mapping[str, type[File]] = MappingProxyType(
    {
        "core.schema.json": Manifest,
        "redis.schema.json": RedisFile,
        "databases.schema.json": DatabaseFile,
        "datasets.schema.json": DatasetFile,
        "notify.schema.json": NotifyFile,
    }
)


class _Generator(GenerateJsonSchema):
    """JSON Schema 2020-12 that names its dialect."""

    def generate(self, schema: CoreSchema, mode: JsonSchemaMode = "validation") -> JsonSchemaValue:
        return {"$schema": self.schema_dialect, **_closed(super().generate(schema, mode))}

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Leave out titles that only repeat a member's name."""
        return False


def _closed(node: Any) -> Any:
    """Refuse names that break their pattern, as the models do; Markdown for editors instead of reStructuredText."""
    if isinstance(node, list):
        return [_closed(member) for member in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _closed(member) for key, member in node.items()}
    if "patternProperties" in closed:
        closed["additionalProperties"] = False
    if isinstance(closed.get("description"), str):
        closed["description"] = closed["description"].replace("``", "`")
    return closed


def generate(model: type[File]) -> dict[str, Any]:
    """Return the JSON Schema of one kind of file.

    Examples
    --------
    >>> from pycore.config.models import Manifest
    >>> schema = generate(Manifest)
    >>> schema["additionalProperties"], schema["required"]
    (False, ['version', 'default_environment', 'environments'])
    """
    return model.model_json_schema(by_alias=True, schema_generator=_Generator)


def write(folder: Path | str) -> tuple[Path, ...]:
    """Write every schema into `folder`, and return the files.

    Parameters
    ----------
    folder : path
        It is made when it is not there; files of the same names are replaced.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    paths = tuple(target / name for name in FILES)
    for path in paths:
        path.write_text(rendered(FILES[path.name]), encoding="utf-8")
    return paths


def rendered(model: type[File]) -> str:
    """Return the text of the schema file of `model`."""
    return json.dumps(generate(model), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write(sys.argv[1] if len(sys.argv) > 1 else "configs/schema")
