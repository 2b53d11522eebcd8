"""Where things stand in a JSON text, and what can still be read of a damaged one.

Loaded only to report: a configuration that is right never pays for tree-sitter.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import tree_sitter_json
from tree_sitter import Language, Node, Parser

from pycore.config.cleaning import MAX_FAULTS, Fault, clean
from pycore.config.files import MAX_DEPTH, MAX_DIGITS

__all__ = ["Pointer", "SourceMap"]

Pointer = tuple[str | int, ...]
_LEAVES = {"string", "number", "true", "false", "null"}
_ABSENT = object()


class SourceMap:
    """The positions of a JSON text.

    Parameters
    ----------
    text : str
        The text; it may be damaged.

    Attributes
    ----------
    document : Any
        What could be read; pairs and elements that are damaged are left out. None when there is nothing.
    text : str
        The text without what :func:`pycore.config.cleaning.clean` takes out.
    cleaned : list of Fault
        What that was.
    faults : list of Fault
        What else is damaged, in order.
    damaged : set of Pointer
        Objects and arrays that lost members: what is missing there may only be unreadable.

    Examples
    --------
    >>> source = SourceMap('{"a": {"b": 1}}')
    >>> source.place(("a", "b")), source.place(("a", "b"), key=True), source.place(("a", "missing"))
    ((1, 13), (1, 8), (1, 7))
    """

    def __init__(self, text: str) -> None:
        self.text, cleaned = clean(text)
        self._cleaned = dict(zip(_byte_offsets(text, cleaned), cleaned, strict=True))
        self.faults: list[Fault] = []
        self.damaged: set[Pointer] = set()
        self._lines = self.text.encode("utf-8").split(b"\n")
        self._values: dict[Pointer, Node] = {}
        self._keys: dict[Pointer, Node] = {}
        # The tree must outlive its nodes.
        self._tree = Parser(Language(tree_sitter_json.language())).parse(b"\n".join(self._lines))
        self.document: Any = self._root(self._tree.root_node)
        self.faults.sort(key=lambda fault: (fault.line, fault.column))
        self.cleaned = list(self._cleaned.values())

    def place(self, pointer: Sequence[str | int], *, key: bool = False) -> tuple[int, int]:
        """Return line and column, from 1, of the value at `pointer`, or of its nearest parent that exists.

        Parameters
        ----------
        pointer : sequence of str and int
            Keys and indices from the top.
        key : bool, default False
            The place of the key instead of that of its value.
        """
        tokens = tuple(pointer)
        if key and tokens in self._keys:
            return self._position(self._keys[tokens])
        while tokens and tokens not in self._values:
            tokens = tokens[:-1]
        return self._position(self._values[tokens]) if tokens in self._values else (1, 1)

    def find(self, pointer: Sequence[str | int]) -> tuple[int, int] | None:
        """Return line and column of the value at exactly `pointer`, or None."""
        node = self._values.get(tuple(pointer))
        return None if node is None else self._position(node)

    def _position(self, node: Node) -> tuple[int, int]:
        row, byte = node.start_point
        column = len(self._lines[row][:byte].decode("utf-8", "replace")) if row < len(self._lines) else 0
        return row + 1, column + 1

    def _fault(self, node: Node, pointer: Pointer, text: str, *, is_vague: bool = False) -> None:
        if len(self.faults) == MAX_FAULTS:
            return
        line, column = self._position(node)
        self.faults.append(Fault(line=line, column=column, text=text, pointer=pointer, is_vague=is_vague))

    def _root(self, root: Node) -> Any:
        nodes = self._sound(root, ())
        if len(nodes) > 1:
            self._fault(nodes[1], (), "a file holds one JSON value; here a second one begins")
        if not nodes or (nodes[0].type != "object" and (root.has_error or len(nodes) > 1)):
            return None  # what is left of a broken object is not what the file means
        value = self._value(nodes[0], ())
        return None if value is _ABSENT else value

    def _sound(self, node: Node, pointer: Pointer) -> list[Node]:
        """Return the named children that are whole; report the others."""
        sound: list[Node] = []
        for child in node.children:
            if child.is_error or child.is_missing:
                self.damaged.add(pointer)
                self._fault(child, pointer, "this is not JSON", is_vague=True)
                if sound and sound[-1].end_byte == child.start_byte and (child.text or b"")[:1].isalnum():
                    sound.pop()  # it goes on in the error: 0x10 is not 0
            elif child.is_named and child.type != "comment":
                sound.append(child)
        return sound

    def _value(self, node: Node, pointer: Pointer) -> Any:
        if len(pointer) > MAX_DEPTH:
            return _ABSENT
        self._values.setdefault(pointer, node)
        if node.type == "object":
            return self._object(node, pointer)
        if node.type == "array":
            return self._array(node, pointer)
        return self._leaf(node, pointer) if node.type in _LEAVES else _ABSENT

    def _object(self, node: Node, pointer: Pointer) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for pair in self._sound(node, pointer):
            self._pair(pair, pointer, members)
        return members

    def _pair(self, pair: Node, pointer: Pointer, members: dict[str, Any]) -> None:
        key_node, value_node = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        if key_node is None or value_node is None or any(child.is_error or child.is_missing for child in pair.children):
            self._sound(pair, pointer)  # reports what is broken
            self.damaged.add(pointer)
            return
        key = self._leaf(key_node, pointer)
        if not isinstance(key, str):
            self.damaged.add(pointer)
            self._fault(key_node, pointer, "a key is a text in double quotes")
            return
        here = (*pointer, key)
        if here in self._keys:
            first, _ = self._position(self._keys[here])
            self._fault(key_node, here, f"the key stands twice in one object, first in line {first}")
            return
        self._keys[here] = key_node
        value = self._value(value_node, here)
        if value is _ABSENT:
            self.damaged.add(pointer)
        else:
            members[key] = value

    def _array(self, node: Node, pointer: Pointer) -> list[Any]:
        elements = [self._value(child, (*pointer, index)) for index, child in enumerate(self._sound(node, pointer))]
        if any(element is _ABSENT for element in elements):
            self.damaged.add(pointer)
        return [element for element in elements if element is not _ABSENT]

    def _leaf(self, node: Node, pointer: Pointer) -> Any:
        text, here = node.text or b"", node.start_byte
        if here in self._cleaned:
            self._cleaned[here] = replace(self._cleaned[here], pointer=pointer)
            return _ABSENT
        if node.type == "number" and len(text) > MAX_DIGITS:
            return self._refused(node, pointer, "this number is too large")
        try:
            value = json.loads(text)
        except ValueError:
            kind = (
                "this text holds a control character or a wrong escape"
                if node.type == "string"
                else "this is no number"
            )
            return self._refused(node, pointer, kind)
        if value in (float("inf"), float("-inf")):
            return self._refused(node, pointer, "this number is too large")
        return value

    def _refused(self, node: Node, pointer: Pointer, text: str) -> Any:
        self._fault(node, pointer, text)
        return _ABSENT


def _byte_offsets(text: str, faults: Sequence[Fault]) -> list[int]:
    """Return where the faults stand in bytes."""
    if text.isascii():
        return [fault.offset for fault in faults]
    return [len(text[: fault.offset].encode("utf-8")) for fault in faults]
