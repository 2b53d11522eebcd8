"""A document against a model: every error of pydantic becomes a problem with pointer, line and hint.

pydantic says where by a path that also carries the tags of unions, and quotes what it was given. Neither reaches a
user: the path is walked through the model, and no value is repeated.
"""

from __future__ import annotations

import re
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from pycore.config.files import JsonFile
from pycore.config.problems import Problems, did_you_mean, problem
from pycore.config.secrets import SecretReference
from pycore.exceptions import ConfigValueError

__all__ = ["validate"]

MAX_FINDINGS = 1000
M = TypeVar("M", bound=BaseModel)
_JSON_TYPES = {
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
}
_EXPECTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "mapping_type": "an object",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}
_REFERENCE_HINT = (
    'Refer to it: {"$secret": {"file": "/run/secrets/NAME"}} or {"$secret": {"env": "NAME"}}; '
    "and change it, for whoever saw the file knows it."
)


def validate(model: type[M], file: JsonFile, problems: Problems) -> M | None:
    """Return what `file` says as a `model`; None when it breaks the model's rules, which then stand in `problems`."""
    try:
        return model.model_validate(file.document, by_alias=True, by_name=False)
    except ValidationError as exc:
        findings = [_finding(model, error) for error in exc.errors(include_url=False)[:MAX_FINDINGS]]
    for finding in _merged(findings):
        if finding.is_sure(file.damaged):
            problems.add(finding.problem(file))
    return None


@dataclass(kw_only=True, slots=True)
class _Finding:
    """One error of pydantic, at its place in the document."""

    pointer: tuple[str | int, ...]
    text: str
    hint: str = ""
    within: tuple[str | int, ...] = ()  # the member of `pointer` at which it is shown
    at_key: bool = False
    expected: str = ""
    about_neighbours: bool = False

    def is_sure(self, damaged: set[tuple[str | int, ...]]) -> bool:
        """Whether it holds whatever stands in the places that could not be read.

        A lost brace moves members into a neighbour: what is missing or unknown near damage says nothing.
        """
        if not self.about_neighbours:
            return True
        parent = self.pointer[:-1]
        return not any(parent[: len(place)] == place or place[: len(parent)] == parent for place in damaged)

    def problem(self, file: JsonFile) -> ConfigValueError:
        place = (*self.pointer, *self.within)
        position = file.place(place, key=self.at_key)
        pointer = file.pointer(place)
        return problem(ConfigValueError, self.text, hint=self.hint, path=file.path, pointer=pointer, position=position)


def _merged(findings: Sequence[_Finding]) -> list[_Finding]:
    """Make the errors of the members of a union one: "expected a text or a number"."""
    merged: dict[tuple[str | int, ...], _Finding] = {}
    for finding in findings:
        first = merged.setdefault(finding.pointer, finding)
        if first is finding or not (first.expected and finding.expected):
            continue
        choices = list(dict.fromkeys([*first.expected.split(" or "), finding.expected]))
        first.expected = " or ".join(choices)
        first.text = re.sub(r"expected .*", f"expected {first.expected}", first.text)
    return list(merged.values())


def _finding(model: type[BaseModel], error: Any) -> _Finding:
    place = _walk(model, error["loc"])
    kind: str = error["type"]
    if place.at_key:
        return _Finding(
            pointer=place.pointer,
            text="this name is not allowed",
            hint="A name begins with a letter and goes on with letters, digits and _, 64 at most.",
            at_key=True,
        )
    if kind == "extra_forbidden":
        return _Finding(
            pointer=place.pointer,
            text="unknown key",
            hint=did_you_mean(str(place.pointer[-1]), place.keys),
            at_key=True,
            about_neighbours=True,
        )
    if kind == "missing":
        text = f'the key "{place.pointer[-1]}" is missing'
        return _Finding(pointer=place.pointer, text=text, about_neighbours=True)
    if place.is_secret and kind in _EXPECTED:
        return _Finding(pointer=place.pointer, text="a secret does not stand in a file", hint=_REFERENCE_HINT)
    if kind in _EXPECTED:
        return _type_finding(place.pointer, _EXPECTED[kind], error["input"])
    text, hint = _explained(kind, error.get("ctx", {}), error)
    if place.pointer == ("version",):
        hint = "This pycore reads version 1 of the file."
    about_neighbours = kind in {"union_tag_not_found", "too_short", "disagreement"} or (
        kind == "value_error" and place.is_model
    )
    return _Finding(
        pointer=place.pointer,
        text=text,
        hint=hint,
        within=error["ctx"]["at"] if kind == "disagreement" else (),
        about_neighbours=about_neighbours,
    )


def _type_finding(pointer: tuple[str | int, ...], expected: str, given: Any) -> _Finding:
    there = "null" if given is None else _JSON_TYPES.get(type(given), "something else")
    hint = ""
    if isinstance(given, str) and "number" in expected and re.fullmatch(r"-?\d{1,6}(\.\d{1,3})?", given):
        hint = f'"{given}" is a text; write {given}'
    elif isinstance(given, str) and expected == "true or false" and given.lower() in {"true", "false"}:
        hint = f'"{given}" is a text; write {given.lower()}'
    elif isinstance(given, float) and expected == "a whole number":
        there = "a number with a fraction"
    elif given is None:
        hint = "Leave the key out, or give it a value."
    return _Finding(pointer=pointer, text=f"{there} stands here, expected {expected}", hint=hint, expected=expected)


def _explained(kind: str, context: Mapping[str, Any], error: Mapping[str, Any]) -> tuple[str, str]:
    """Return text and hint for an error about a value, in our words; never the value."""
    bounds = {
        "greater_than": "expected a number greater than {gt}",
        "greater_than_equal": "expected a number of {ge} or more",
        "less_than_equal": "expected a number of {le} or less",
        "string_too_short": "the text is empty",
        "too_short": "nothing stands in it, expected one member at least",
        "string_pattern_mismatch": "the text has not the form {pattern}",
        "string_too_long": "the text has more than {max_length} characters",
        "finite_number": "expected a finite number",
        "string_unicode": "the text holds half a surrogate pair, which no text can",
        "int_parsing_size": "the number is too large",
    }
    if kind in bounds:
        return bounds[kind].format(**context), ""
    if kind in {"literal_error", "union_tag_invalid"}:
        expected = str(context.get("expected") or context.get("expected_tags")).replace("'", '"')
        known = re.findall(r'"([^"]*)"', expected)
        given = error["input"].get("kind") if isinstance(error["input"], dict) else error["input"]
        near = did_you_mean(given, known) if isinstance(given, str) and known else ""
        return f"expected {expected}", near if near.startswith("Did") else ""
    if kind == "union_tag_not_found":
        return 'the key "kind" is missing', 'It is "sql", "csv" or "http".'
    if kind == "value_error":
        return str(context["error"]), ""
    if kind == "disagreement":
        return context["text"], context["hint"]
    return "this value is not allowed", "The schema beside the file says what is."


@dataclass(kw_only=True, slots=True)
class _Place:
    """Where an error stands in the document, and what the model knows there."""

    pointer: tuple[str | int, ...] = ()
    keys: tuple[str, ...] = ()
    at_key: bool = False
    is_secret: bool = False
    is_model: bool = False


def _walk(model: type[BaseModel], loc: Sequence[str | int]) -> _Place:
    """Follow `loc` through the model; tokens that only name a member of a union are no part of the pointer."""
    place = _Place()
    annotation: Any = model
    for token in loc:
        annotation = _bare(annotation)
        if token == "[key]":  # noqa: S105  # how pydantic marks the key of a mapping
            place.at_key = True
            break
        tagged = _tagged(annotation, token)
        if tagged is not None:
            annotation = tagged
            continue
        following = _member(annotation, token)
        if following is None and not isinstance(annotation, type):
            continue
        place.keys = _keys(annotation)
        place.pointer = (*place.pointer, token)
        annotation = following
    annotation = _bare(annotation)
    place.is_secret = annotation is SecretReference
    place.is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return place


def _bare(annotation: Any) -> Any:
    """Return `annotation` without Annotated, and without None when only one type is left."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in {Union, types.UnionType}:
        rest = [member for member in get_args(annotation) if member is not type(None)]
        if len(rest) == 1:
            return _bare(rest[0])
    return annotation


def _tagged(annotation: Any, token: str | int) -> Any:
    """Return the member of a union of models that `token` names by its tag."""
    if get_origin(annotation) not in {Union, types.UnionType}:
        return None
    for member in get_args(annotation):
        fields = getattr(member, "model_fields", {})
        if "kind" in fields and token in get_args(fields["kind"].annotation):
            return member
    return None


def _member(annotation: Any, token: str | int) -> Any:
    """Return the type of the member `token`, or None when there is none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            if token == (field.alias or name):
                return field.annotation
        return None
    if get_origin(annotation) is not None and issubclass(get_origin(annotation), Mapping):
        return get_args(annotation)[1]
    if get_origin(annotation) is tuple:
        return get_args(annotation)[0]
    return None


def _keys(annotation: Any) -> tuple[str, ...]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return tuple(field.alias or name for name, field in annotation.model_fields.items())
    return ()
