"""What is too large, too deep or without end is refused at once, with size and limit; hostile documents are damaged."""

from __future__ import annotations

import copy
import random
import time
import tracemalloc
from typing import Any

import orjson
import pandas as pd
import pytest
from suites.columns import COLUMNS, objects
from suites.frames import documents, strict

from pycore.cache.codec import decode, encode
from pycore.cache.codec.values import MAX_CELL_BYTES, MAX_VALUE_BYTES
from pycore.exceptions import CacheError, SerializationError

GIB = 2**30
MIB = 2**20


def nested(levels: int, inner: Any = None, *, of: type = list) -> Any:
    """Return lists, dicts or tuples in each other, so many levels."""
    value = inner
    for _ in range(levels):
        value = {"a": value} if of is dict else of([value])
    return value


def shared(levels: int) -> list[Any]:
    """Return a list that is small in memory and, since each level holds the one below twice, has no end as text."""
    value: list[Any] = []
    for _ in range(levels):
        value = [value, value]
    return value


def refusal(value: Any, within_s: float = 5.0) -> SerializationError:
    """Return how a value was refused, which must not take long."""
    began_s = time.process_time()
    with pytest.raises(SerializationError) as caught:
        encode(value, "KEY")
    assert time.process_time() - began_s < within_s
    assert caught.value.key == "KEY"
    return caught.value


@pytest.mark.parametrize("of", [list, dict])
def test_a_value_of_10000_levels_is_refused_with_both_numbers(of: type) -> None:
    assert "has 10000 levels; 200 are allowed" in str(refusal(nested(10_000, 1, of=of)))


def test_a_value_of_as_many_levels_as_are_allowed_comes_back() -> None:
    deep = nested(200, 1)
    head, _ = documents(deep)

    assert orjson.dumps(deep) == orjson.dumps(decode(head, "KEY"))
    assert "has 201 levels" in str(refusal([deep]))


def test_a_value_that_holds_itself_is_refused() -> None:
    circle: dict[str, Any] = {"a": [1]}
    circle["a"].append(circle)

    assert "itself" in str(refusal(circle))


def test_a_value_that_is_small_only_in_memory_is_refused() -> None:
    assert f"{MAX_VALUE_BYTES} are allowed" in str(refusal(shared(100)))


def test_a_part_that_is_referred_to_twice_is_no_circle() -> None:
    part = {"a": [1]}
    head, _ = documents([part, part, {"b": part}])

    assert decode(head, "KEY") == [part, part, {"b": part}]


def test_a_text_of_1_gib_is_refused_with_both_sizes() -> None:
    text = "x" * GIB

    for value in (text, [text], {"a": {"b": text}}, {text: 1}):
        message = str(refusal(value))
        assert f"{MAX_VALUE_BYTES} are allowed" in message
        assert any(f"at least {GIB + extra} bytes" in message for extra in range(32))


def test_a_value_of_1_gib_in_all_is_refused() -> None:
    part = "x" * 2**20

    assert f"{MAX_VALUE_BYTES} are allowed" in str(refusal([part] * 1024))


def test_a_cell_of_1_gib_is_refused_with_both_sizes_and_its_column() -> None:
    error = refusal(pd.DataFrame({"bad": objects("a", "x" * GIB)}))

    assert error.column == "bad"
    assert f"at least {GIB} bytes; {MAX_CELL_BYTES} are allowed" in str(error)


def test_a_cell_beyond_the_limit_is_refused_in_every_type_that_may_hold_one() -> None:
    text = "x" * (MAX_CELL_BYTES + 1)
    values: dict[str, Any] = {
        "str": pd.array([text], dtype="str"),
        "string in Python": pd.array([text], dtype=pd.StringDtype("python")),
        "bytes": objects(text.encode()),
        "JSON": objects(["a"], [text]),
        "category": pd.Categorical.from_codes([0], pd.Index([text])),
    }
    for values_of in values.values():
        error = refusal(pd.DataFrame({"bad": values_of}), within_s=10.0)
        assert error.column == "bad"
        assert f"{MAX_CELL_BYTES} are allowed" in str(error)


@pytest.mark.parametrize(
    ("cell", "words"),
    [(nested(10_000), "10000 levels; 200"), (nested(10_000, of=dict), "10000 levels; 200"), ([2**64], "64 bits")],
    ids=["lists", "dicts", "integer"],
)
def test_a_cell_that_is_too_deep_or_too_wide_is_refused_with_its_column(cell: Any, words: str) -> None:
    error = refusal(pd.DataFrame({"good": [1], "bad": objects(cell)}))

    assert error.column == "bad"
    assert words in str(error)


def test_names_that_are_too_long_or_too_deep_are_refused() -> None:
    labels = {"1048577 characters; 1048576 are": "x" * (2**20 + 1), "more than 32 levels": nested(10_000, of=tuple)}
    for words, label in labels.items():
        columns = pd.Index(objects(label).to_numpy(), tupleize_cols=False)
        assert words in str(refusal(pd.DataFrame([[1]], columns=columns)))


def test_attrs_that_are_too_deep_or_too_large_are_refused() -> None:
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = {"a": nested(10_000)}

    assert "200 are allowed" in str(refusal(frame))
    frame.attrs = {"a": "x" * (MAX_CELL_BYTES + 1)}
    assert f"{MAX_CELL_BYTES} are allowed" in str(refusal(frame))


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize(
    "member", ["value", "data", "fields", "index", "attrs", "source", "columns", "key", "expires_at", "chunks", "tags"]
)
def test_a_hostile_document_of_10000_levels_is_damaged(member: str, opening: str) -> None:
    closing = "]" if opening == "[" else "}"
    deep = opening * 10_000 + "1" + closing * 10_000

    for name in ("frame", "value"):
        document = f'{{"format":"pycore.{name}/1","{member}":{deep},"sha256":null}}'
        with pytest.raises(CacheError):
            decode(document.encode(), "KEY")


ODD: list[Any] = [
    *(None, True, 0, 1, -1, 2**63, 10**15, 1.5, "", "x", "2020-01-01", "PT1S", [], [1], [[1, 2]], {}, {"a": 1}),
    *({"date": "x"}, {"type": "int64"}, "period[B]", "interval", "int8", "category", "Sparse", ">f8", "list[pyarrow]"),
    *("struct[pyarrow]", "object[label]", "decimal", "datetime64[ns, America]", "datetime64[ns, ../x]", "America"),
    *("fixed_size_binary[99999999999][pyarrow]", "decimal128(99, 2)[pyarrow]", nested(200), nested(200, of=dict)),
]


def places(item: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything in a document."""
    below = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
    return [path, *(found for name, inner in below for found in places(inner, (*path, name)))]


@pytest.mark.filterwarnings("ignore")
def test_a_document_with_parts_that_do_not_fit_is_damaged_or_means_something_else() -> None:
    """Nothing but errors of ours, whatever stands where."""
    rng = random.Random(7)
    sources = [strict(documents(series.to_frame(name="a"))[0]) for series in COLUMNS.values()]
    outcomes = set()
    for _ in range(1500):
        document = copy.deepcopy(rng.choice(sources))
        document["sha256"] = None
        *path, last = rng.choice([path for path in places(document) if path and path[0] not in ("format", "key")])
        holder = document
        for name in path:
            holder = holder[name]
        if rng.random() < 0.3:
            del holder[last]
        else:
            holder[last] = rng.choice(ODD)
        try:
            decode(orjson.dumps(document), "KEY")
            outcomes.add("read")
        except CacheError:
            outcomes.add("damaged")

    assert outcomes == {"read", "damaged"}


@pytest.mark.parametrize("size", [0, -1, 2**31, 1.5, "1", None])
def test_a_list_of_a_size_that_is_none_is_damaged(size: Any) -> None:
    """Of size 0, Arrow divides by it, and ends the interpreter."""
    inner = {"name": "item", "nullable": True, "type": "int8[pyarrow]", "cells": {"type": "Int8"}}
    field = {"key": "a", "name": "a", "type": "fixed_size_list[pyarrow]", "size": size, "items": inner}
    document = {"format": "pycore.frame/1", "fields": [field], "data": {"a": [[], None]}}

    with pytest.raises(CacheError):
        decode(orjson.dumps(document), "KEY")


def test_large_cells_are_not_all_text_at_once() -> None:
    """A thousand rows are looked at to choose the size of chunks, fewer where their cells are large."""
    frame = pd.DataFrame({"page": pd.Series([["x" * MIB]] * 300, dtype=object)})  # one text, referred to 300 times
    tracemalloc.start()
    try:
        encoding = encode(frame, "KEY")
        first = next(iter(encoding.chunks()))
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(first) > MIB
    assert peak_bytes < 64 * MIB
