"""The configuration as a value: frozen, shown as a tree, with the origin of everything."""

from __future__ import annotations

import dataclasses
import html.parser
from typing import Any

import pytest
from pydantic import ValidationError

from pycore.config import load


def test_nothing_of_it_can_be_changed(clone: Any) -> None:
    config = load("Local", clone.manifest, environ={})

    with pytest.raises(dataclasses.FrozenInstanceError):
        config.environment = "Live"  # type: ignore[misc]  # what is tried
    with pytest.raises(TypeError):
        config.redis["CACHE"] = config.redis["DATASRC"]  # type: ignore[index]  # what is tried
    with pytest.raises(ValidationError):
        config.redis["CACHE"].versions = 9  # type: ignore[misc]  # what is tried


def test_everything_has_an_origin(clone: Any) -> None:
    config = load("Live", clone.manifest, environ={"ENV_SLACK_CHANNEL": "alarms"})

    origins = config.origins

    assert origins["/environment"] == "argument"
    assert origins["/redis/CACHE/address"] == "configs/redis.json:6"
    assert origins["/redis/CACHE/password"] == "configs/redis.json:8"
    assert origins["/redis/CACHE/versions"] == "default"
    assert origins["/slack/channel"] == "ENV_SLACK_CHANNEL"
    assert origins["/environments"].startswith("configs/jupyter.json:")
    assert origins["/datasets/ibm_daily/title"].startswith("configs/datasets.json:")
    assert set(origins.values()) & {"", None} == set()


def test_the_default_environment_has_the_line_of_the_manifest(clone: Any) -> None:
    assert load(None, clone.manifest, environ={}).origins["/environment"] == "configs/jupyter.json:4"


def test_names_with_slashes_are_found(clone: Any) -> None:
    clone.change("datasets.json", lambda document: document["datasets"]["iris"].update(units={"a/b~c": "cm"}))

    config = load("NoApps", clone.manifest, environ={})

    assert config.origins["/datasets/iris/units/a~1b~0c"].startswith("configs/datasets.json:")


def test_as_dict_is_plain_json(clone: Any) -> None:
    import json

    config = load("Live", clone.manifest, environ={})

    assert json.loads(json.dumps(config.as_dict())) == config.as_dict()
    assert list(config.as_dict()) == [
        "environment", "environments", "manifest", "root", "data_dir",
        "redis", "databases", "datasets", "prices", "slack",
    ]  # fmt: skip


def test_the_text_tree_shows_values_beside_their_origins(clone: Any) -> None:
    text = load("Local", clone.manifest, environ={"ENV_REDIS_PORT": "6007"})._repr_mimebundle_()["text/plain"]

    lines = [line.split() for line in text.splitlines()]
    assert ["address:", "redis://127.0.0.1:6007/0", "ENV_REDIS_PORT"] in lines
    assert ["ttl_s:", "604800", "configs/local-redis.json:5"] in lines


class Outline(html.parser.HTMLParser):
    """The tags of a document, which must be closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.attributes += [f"{name}={value}" for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_html_tree_folds_escapes_and_has_no_colours(clone: Any) -> None:
    attack = "<script>alert(1)</script>&\"'"
    clone.change("datasets.json", lambda document: document["datasets"]["iris"].update(title=attack))
    text = load("Local", clone.manifest, environ={})._repr_mimebundle_()["text/html"]

    outline = Outline()
    outline.feed(text)

    assert outline.open == []
    assert attack in "".join(outline.texts)
    assert "<script" not in text
    assert text.startswith("<details open")
    assert not any("color" in attribute or "background" in attribute for attribute in outline.attributes)
