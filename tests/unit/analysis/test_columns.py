"""Any frame becomes columns of the few kinds that pictures know, under labels that are unique texts."""

from __future__ import annotations

import datetime as dt
import decimal
import math
import uuid
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore.analysis.classes import grouped
from pycore.analysis.columns import examined
from pycore.analysis.sampling import sampled
from pycore.exceptions import DatasetError, UnknownNameError
from pycore.results.dataset import Column, Dataset

NAN = float("nan")
NOON = dt.datetime.fromisoformat("2020-07-01T12:00")


def arrow(values: list[Any], kind: Any = None) -> pd.Series:
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.array(values, type=kind)))


def objects(*values: Any) -> pd.Series:
    return pd.Series(list(values), dtype=object)


def column_of(values: pd.Series, **options: Any) -> tuple[Column, pd.Series]:
    dataset = examined(pd.DataFrame({"c": values}), name="odd", **options)
    return dataset.columns[0], dataset.frame["c"]


def assert_promises(dataset: Dataset) -> None:
    """Look for what a Dataset promises of its frame."""
    frame = dataset.frame
    assert list(frame.columns) == [column.name for column in dataset.columns]
    assert frame.columns.is_unique
    assert all(type(label) is str and label.strip() and label.encode() for label in frame.columns)
    assert isinstance(frame.index, pd.RangeIndex)
    for column in dataset.columns:
        values = frame[column.name]
        assert column.n_missing == values.isna().sum()
        match column.kind:
            case "number":
                assert isinstance(values.dtype, np.dtype)
                assert values.dtype.kind in "iuf"
                assert values.dtype.itemsize in {1, 2, 4, 8}
            case "category":
                assert isinstance(values.dtype, pd.CategoricalDtype)
                assert all(type(name) is str and name.encode() is not None for name in values.cat.categories)
            case "date":
                assert isinstance(values.dtype, np.dtype)
                assert values.dtype.kind == "M"


NUMBERS = {
    "decimal": (objects(decimal.Decimal("1.5"), None, decimal.Decimal("NaN")), [1.5, NAN, NAN]),
    "infinite decimal": (objects(decimal.Decimal("Infinity"), decimal.Decimal(1)), [math.inf, 1]),
    "decimal of Arrow": (arrow([decimal.Decimal("1.5"), None], pa.decimal128(9, 2)), [1.5, NAN]),
    "nullable integers": (pd.Series([7, None], dtype="Int64"), [7, NAN]),
    "nullable floats": (pd.Series([1.5, None], dtype="Float64"), [1.5, NAN]),
    "floats of Arrow": (arrow([1.5, None, NAN]), [1.5, NAN, NAN]),
    "unsigned of Arrow": (arrow([2**64 - 1, None], pa.uint64()), [2.0**64, NAN]),
    "objects": (objects(1, None, 2.5), [1, NAN, 2.5]),
    "whole numbers beyond 64 bits": (objects(2**100, 1), [2.0**100, 1]),
    "whole numbers beyond floats": (objects(10**400, -(10**400), 1), [math.inf, -math.inf, 1]),
    "floats of 16 bits": (pd.Series([1, np.inf], dtype="float16"), [1, math.inf]),
    "floats of 80 bits": (pd.Series(np.array([1.5, 2], dtype="longdouble")), [1.5, 2]),
    "sparse": (pd.Series(pd.arrays.SparseArray([0, 0, 1])), [0, 0, 1]),
    "nothing but missing": (pd.Series([NAN, NAN]), [NAN, NAN]),
    "nothing of Arrow": (arrow([None, None], pa.float64()), [NAN, NAN]),
}


@pytest.mark.parametrize("name", list(NUMBERS))
def test_numbers_of_every_make_are_numbers(name: str) -> None:
    values, expected = NUMBERS[name]

    column, found = column_of(values)

    assert column.kind == "number"
    assert found.dtype.kind in "iuf"
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    "values",
    [
        pd.Series(pd.to_timedelta(["90s", None])),
        objects(dt.timedelta(seconds=90), None),
        arrow([dt.timedelta(seconds=90), None]),
    ],
    ids=["pandas", "objects", "arrow"],
)
def test_spans_of_time_are_seconds(values: pd.Series) -> None:
    column, found = column_of(values)

    assert (column.kind, column.unit) == ("number", "s")
    np.testing.assert_array_equal(found, [90.0, NAN])


DATES = {
    "zone": (pd.Series(pd.DatetimeIndex(["2020-07-01 12:00", "NaT"]).tz_localize("Europe/Berlin")), "2020-07-01T12:00"),
    "zone of Arrow": (arrow([NOON, None], pa.timestamp("us", "UTC")), "2020-07-01T12:00"),
    "times of Arrow": (arrow([NOON, None]), "2020-07-01T12:00"),
    "dates of Arrow": (arrow([dt.date(2020, 7, 1), None]), "2020-07-01"),
    "dates": (objects(dt.date(2020, 7, 1), None), "2020-07-01"),
    "far dates": (objects(dt.date(9999, 12, 31), None), "9999-12-31"),
    "zones": (objects(dt.datetime(2020, 7, 1, tzinfo=dt.timezone(dt.timedelta(hours=2))), None), "2020-06-30T22:00"),
    "periods": (pd.Series(pd.PeriodIndex(["2020-07", None], freq="M")), "2020-07-01"),
    "seconds": (pd.Series(np.array(["0001-01-01", "NaT"], dtype="datetime64[s]")), "0001-01-01"),
}


@pytest.mark.parametrize("name", list(DATES))
def test_dates_of_every_make_are_times_without_a_zone(name: str) -> None:
    values, expected = DATES[name]

    column, found = column_of(values)

    assert (column.kind, column.n_missing) == ("date", 1)
    assert found.dtype.kind == "M"
    assert found.iloc[0] == pd.Timestamp(expected)


CATEGORIES = {
    "texts": (pd.Series(["b", "a", None]), ["a", "b"]),
    "texts of Arrow": (arrow(["b", "a", None]), ["a", "b"]),
    "dictionary of Arrow": (
        arrow(["b", "a", None]).astype(pd.ArrowDtype(pa.dictionary(pa.int8(), pa.string()))),
        ["a", "b"],
    ),
    "booleans": (pd.Series([True, False, True]), ["False", "True"]),
    "nullable booleans": (pd.Series([True, None, False], dtype="boolean"), ["False", "True"]),
    "boolean objects": (objects(True, None, False), ["False", "True"]),
    "numbers in texts": (pd.Series(["10", "9", "9a"] * 2), ["9", "9a", "10"]),
    "numbers": (pd.Series(pd.Categorical([10, 9, None])), ["9", "10"]),
    "ordered": (pd.Series(pd.Categorical(["lo", "hi"], categories=["lo", "hi"], ordered=True)), ["lo", "hi"]),
    "unused": (pd.Series(pd.Categorical(["a"], categories=["a", "b"])), ["a"]),
    "one and its text": (pd.Series(pd.Categorical([1, "1"])), ["1", "1 (2)"]),
    "tuples": (pd.Series(pd.Categorical([(1, 2), (3, 4)])), ["1 / 2", "3 / 4"]),
    "half a surrogate pair": (objects("\ud800", "b", "b"), ["\\ud800", "b"]),
    "thousands of digits": (pd.Series(["1" * 5_000, "7", "7"]), ["7", "1" * 5_000]),
}


@pytest.mark.parametrize("name", list(CATEGORIES))
def test_few_texts_are_categories_in_the_order_that_a_person_expects(name: str) -> None:
    values, expected = CATEGORIES[name]

    column, found = column_of(values)

    assert column.kind == "category"
    assert list(found.cat.categories) == expected


@pytest.mark.parametrize(
    "values",
    [
        objects([1], {"a": 2}, None),
        objects({1}, {2}),
        objects(1, "a", 2.5),
        objects(np.array([1, 2]), np.array([1])),
        objects(dt.time(1), None),
        objects(b"a", b"b"),
        objects(uuid.UUID(int=1), uuid.UUID(int=2)),
        pd.Series([1j, 2]),
        arrow([[1], [2, 3], None]),
        arrow([{"a": 1}, None]),
    ],
    ids=[
        "unhashable",
        "sets",
        "mixed",
        "arrays",
        "times",
        "bytes",
        "uuids",
        "complex",
        "lists of Arrow",
        "structs of Arrow",
    ],
)
def test_what_is_no_quantity_is_text_and_classes_as_a_target(values: pd.Series) -> None:
    column, found = column_of(values)
    assert column.kind == "text"
    pd.testing.assert_series_equal(values, found, check_names=False)

    dataset = examined(pd.DataFrame({"c": values}), name="odd", target="c")
    assert dataset.task == "classification"
    assert_promises(dataset)
    classes = grouped(dataset.frame["c"])
    assert classes.counts.sum() == len(values)


@pytest.mark.parametrize(
    "values",
    [objects(None, NAN), pd.Series([None, None], dtype="str"), arrow([None, None]), arrow([None], pa.string())],
    ids=["objects", "texts", "Arrow", "texts of Arrow"],
)
def test_texts_without_a_value_are_no_numbers(values: pd.Series) -> None:
    column, found = column_of(values)

    assert (column.kind, column.n_missing) == ("text", len(values))
    pd.testing.assert_series_equal(values, found, check_names=False)
    assert column_of(values, target="c")[0].kind == "category"


def test_texts_that_are_nearly_all_different_stay_texts() -> None:
    column, _ = column_of(pd.Series([f"name {number}" for number in range(200)]))

    assert column.kind == "text"


def test_the_frame_stays_as_it_is() -> None:
    frame = pd.DataFrame({"x": objects(1, "a"), "y": pd.Series(["a", "b"], dtype="category"), 3: [1.5, NAN]})
    before = frame.copy(deep=True)

    examined(frame, name="odd", target=3)

    pd.testing.assert_frame_equal(before, frame)


def test_a_frame_that_changes_later_does_not_change_the_data_set() -> None:
    frame = pd.DataFrame({"x": [1.5, 2.5], "s": ["a", "b"]})
    dataset = examined(frame, name="odd")

    frame.loc[0, "x"] = 99.0
    frame.loc[1, "s"] = "z"

    assert dataset.frame.to_numpy().tolist() == [[1.5, "a"], [2.5, "b"]]


def test_a_target_of_a_frame_without_columns_is_refused_in_its_own_words() -> None:
    with pytest.raises(DatasetError, match="no column 'y' to predict, nor any other"):
        examined(pd.DataFrame(index=[1, 2]), name="odd", target="y")


def test_a_target_of_few_whole_numbers_is_one_of_classes() -> None:
    frame = pd.DataFrame({"y": [10, 9, 2] * 5, "z": np.linspace(0, 1, 15)})

    dataset = examined(frame, name="odd", target="y")

    assert dataset.task == "classification"
    assert list(dataset.frame["y"].cat.categories) == ["2", "9", "10"]


def test_a_target_of_whole_numbers_with_missing_ones_has_names_without_a_point() -> None:
    dataset = examined(pd.DataFrame({"y": [0, 1, None] * 5}), name="odd", target="y")

    assert list(dataset.frame["y"].cat.categories) == ["0", "1"]


@pytest.mark.parametrize(
    "values",
    [np.linspace(0, 1, 30), np.arange(30), [1e18, 2e19, 3e30] * 10, [1.0, np.inf, 2.0] * 10, [2**63, 2**64 - 1]],
    ids=["broken", "many", "large", "infinite", "unsigned"],
)
def test_a_target_of_many_or_broken_numbers_is_one_of_numbers(values: Any) -> None:
    dataset = examined(pd.DataFrame({"y": values}), name="odd", target="y")

    assert dataset.task == "regression"


@pytest.mark.parametrize("values", [[1e18, 2e19, NAN], [2**63, 2**64 - 1, 2**63], [1.5, np.inf, 1.5], [1, 2, 3]])
def test_a_target_of_numbers_is_one_of_classes_if_that_is_said(values: list[float]) -> None:
    dataset = examined(pd.DataFrame({"y": values}), name="odd", target="y", task="classification")

    assert dataset.task == "classification"
    assert_promises(dataset)


@pytest.mark.parametrize("values", [[None, None], [NAN, NAN], [pd.NaT, pd.NaT]])
def test_a_target_without_values_is_no_target_and_a_note_says_so(values: list[Any]) -> None:
    dataset = examined(pd.DataFrame({"y": values, "x": [1.5, 2.5]}), name="odd", target="y")

    assert (dataset.target, dataset.task) == (None, None)
    assert dataset.notes == ("The target 'y' has no values, so the rows are shown without one.",)


def test_an_unknown_target_is_refused_and_the_columns_are_listed() -> None:
    with pytest.raises(UnknownNameError, match=r"'z'.*x, y"):
        examined(pd.DataFrame({"x": [1], "y": [2]}), name="odd", target="z")


def test_whole_numbers_that_count_the_rows_are_identifiers() -> None:
    frame = pd.DataFrame({"n": np.arange(30), "iris_id": np.arange(30)[::-1], "age": np.arange(30)[::-1], "x": 0.5})

    dataset = examined(frame, name="odd")

    assert dataset.features() == ["age", "x"]


@pytest.mark.parametrize(
    ("n_rows", "these"),
    [(1, "This is the first row"), (2, "These are the first 2 rows"), (0, "These are the first 0 rows")],
)
def test_a_cut_frame_says_so(n_rows: int, these: str) -> None:
    frame = pd.DataFrame({"x": [1.5] * n_rows})
    frame.attrs["pycore"] = {"truncated": True}

    assert examined(frame, name="odd").notes == (f"{these}; the source has more.",)


@pytest.mark.parametrize("frame", [pd.DataFrame(), pd.DataFrame(index=[1, 2]), pd.DataFrame({"x": []})])
def test_nothing_is_a_data_set_too(frame: pd.DataFrame) -> None:
    dataset = examined(frame, name="odd")

    assert_promises(dataset)
    assert dataset.frame.shape == frame.shape


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(), max_size=5),  # surrogates, too
    st.binary(max_size=3),
    st.decimals().filter(lambda number: not number.is_snan()),  # pandas itself cannot show them
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.just(dt.UTC)),
    st.times(),
    st.timedeltas(dt.timedelta(days=-1000), dt.timedelta(days=1000)),
    st.lists(st.integers(), max_size=2),
    st.tuples(st.integers()),
    st.sets(st.integers(), max_size=2),
    st.complex_numbers(),
    st.just(pd.NA),
    st.just(pd.NaT),
    st.just(pd.Period("2020-07")),
    st.just(pd.Interval(0, 1)),
    st.just(np.float32(1.5)),
)
LABELS = st.one_of(
    st.none(), st.text(st.characters(), max_size=3), st.integers(0, 2), st.floats(), st.just("index"), st.just("a")
)


SORTS = [CELLS, *CELLS.original_strategies]  # type: ignore[attr-defined]  # of a union


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """Any frame: columns of one sort of cells, of several, or of what pandas makes of them."""
    n_rows = draw(st.integers(0, 5))
    cells = draw(st.lists(st.sampled_from(SORTS).flatmap(lambda sort: st.tuples(*[sort] * n_rows)), max_size=3))
    columns = [objects(*column) for column in cells]
    if draw(st.booleans()):
        columns = [column.infer_objects() for column in columns]
    frame = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=range(n_rows))
    frame.columns = pd.Index(draw(st.tuples(*[LABELS] * len(columns))), dtype=object, tupleize_cols=False)
    return frame


@settings(max_examples=100, deadline=None)
@given(frames(), st.integers(-1, 2))
def test_any_frame_is_a_data_set_with_or_without_a_target(frame: pd.DataFrame, place: int) -> None:
    target = frame.columns[place] if 0 <= place < frame.shape[1] else None

    dataset = examined(frame, name="odd", target=target)

    assert_promises(dataset)
    assert len(dataset.frame) == len(frame)
    part = sampled(dataset, 3)
    assert len(part.frame) == min(len(frame), 3)
    assert part.columns == dataset.columns
    if dataset.task == "classification":
        assert dataset.target is not None
        assert grouped(dataset.frame[dataset.target]).counts.sum() == len(frame)
