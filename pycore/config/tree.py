"""The configuration as a tree: for a notebook in HTML, for a terminal as text."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any

from pycore.config.problems import pointer_text

if TYPE_CHECKING:
    from pycore.config.config import Config

__all__ = ["html_tree", "text_tree"]

_OPEN = {"redis", "databases", "slack"}
Pointer = tuple[str | int, ...]


def text_tree(config: Config) -> str:
    """Return `config` as an indented tree, each value with where it comes from."""
    rows = list(_rows(_telling(config.as_dict()), (), 0))
    width = min(max((len(text) for text, _ in rows), default=0), 76)
    origins = config.origins
    lines = (f"{text:<{width}}  {origins.get(pointer, '')}".rstrip() for text, pointer in rows)
    return "\n".join(lines)


def html_tree(config: Config) -> str:
    """Return `config` as folding lists, without colours of its own, so that it reads in light and dark."""
    body = _html(_telling(config.as_dict()), (), config.origins)
    title = f"Configuration <b>{escape(config.environment)}</b>"
    return f'<details open class="pycore-config"><summary>{title}</summary>{body}</details>'


def _telling(value: Any) -> Any:
    """Leave out what says nothing: members that are null or empty."""
    if not isinstance(value, dict):
        return value
    members = {key: _telling(member) for key, member in value.items()}
    return {key: member for key, member in members.items() if member is not None and member not in ("", [], {})}


def _rows(value: dict[str, Any], pointer: Pointer, depth: int) -> Iterator[tuple[str, str]]:
    for key, member in value.items():
        here = (*pointer, key)
        indent = "  " * depth
        if isinstance(member, dict):
            yield f"{indent}{key}", ""
            yield from _rows(member, here, depth + 1)
        else:
            yield f"{indent}{key}: {_text(member)}", pointer_text(here)


def _html(value: dict[str, Any], pointer: Pointer, origins: Any) -> str:
    return f'<ul style="list-style:none;margin:0;padding-left:1.2em">{"".join(_items(value, pointer, origins))}</ul>'


def _items(value: dict[str, Any], pointer: Pointer, origins: Any) -> Iterator[str]:
    for key, member in value.items():
        here = (*pointer, key)
        if isinstance(member, dict):
            state = " open" if not pointer and key in _OPEN else ""
            body = _html(member, here, origins)
            yield f"<li><details{state}><summary>{escape(str(key))}</summary>{body}</details></li>"
        else:
            origin = escape(origins.get(pointer_text(here), ""))
            shown = f"<code>{escape(_text(member))}</code>"
            yield f'<li>{escape(str(key))}: {shown} <small style="opacity:.6">{origin}</small></li>'


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(member) for member in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) and value.is_integer() and abs(value) < 1e6 else str(value)
