"""Rows as points: every row keeps its place, whatever its values are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pycore.analysis.columns import examined
from pycore.analysis.scatter import axis_columns, default_choice, measured_columns, scattered
from pycore.exceptions import DatasetError
from pycore.results.classes import Classes
from pycore.results.dataset import Dataset
from pycore.results.scatter import Choice, Quantity, Scatter

N_ROWS = 60


@pytest.fixture
def frame() -> pd.DataFrame:
    """Numbers, dates, categories and texts, with holes."""
    chance = np.random.default_rng(5)
    width = chance.normal(10, 2, N_ROWS)
    return pd.DataFrame(
        {
            "key": np.arange(N_ROWS),
            "width": width,
            "noise": chance.normal(0, 1, N_ROWS),
            "weight": -3 * width + chance.normal(0, 0.1, N_ROWS),
            "kind": pd.Categorical(np.resize(["b", "a", "c"], N_ROWS)),
            "day": pd.date_range("2001-01-01", periods=N_ROWS),
            "said": [f"text {number}" for number in range(N_ROWS)],
        }
    )


def points(frame: pd.DataFrame, x: str | None, y: str, **others: str) -> Scatter:
    return scattered(examined(frame, name="things"), Choice(x=x, y=y, **others))


def choice_of(frame: pd.DataFrame, target: str | None = None) -> Choice:
    return default_choice(examined(frame, name="things", target=target))


def test_texts_lie_along_no_axis_and_categories_have_no_size(frame: pd.DataFrame) -> None:
    dataset = examined(frame.assign(empty=np.nan), name="things")

    assert axis_columns(dataset) == ["key", "width", "noise", "weight", "kind", "day"]
    assert measured_columns(dataset) == ["key", "width", "noise", "weight", "day"]


def test_the_first_two_numbers_and_the_classes_come_first(frame: pd.DataFrame) -> None:
    assert choice_of(frame, "kind") == Choice(x="width", y="noise", colour="kind")
    assert choice_of(frame.drop(columns="weight")) == Choice(x="width", y="noise", colour="kind")


def test_a_regression_begins_with_what_the_target_goes_along_with(frame: pd.DataFrame) -> None:
    strengths = frame[["width", "noise"]].corrwith(frame["weight"]).abs()

    assert choice_of(frame, "weight") == Choice(x=str(strengths.idxmax()), y="weight", colour="weight")
    assert strengths.idxmax() == "width"


@pytest.mark.parametrize("scale", [1e-300, 1e-5, 1e290])
def test_the_strength_of_numbers_does_not_depend_on_their_size(frame: pd.DataFrame, scale: float) -> None:
    assert choice_of(frame.assign(width=frame["width"] * scale), "weight").x == "width"


def test_columns_that_go_along_with_nothing_are_still_shown(frame: pd.DataFrame) -> None:
    constant = frame[["weight"]].assign(one=1.0, two=[1.0, np.inf] + [np.nan] * (N_ROWS - 2))

    assert choice_of(constant, "weight") == Choice(x="one", y="weight", colour="weight")


def test_one_column_is_shown_against_the_number_of_the_row() -> None:
    assert choice_of(pd.DataFrame({"only": [2.0, 3.5, 1.5]})) == Choice(x=None, y="only")

    scatter = points(pd.DataFrame({"only": [2.0, 3.5, 1.5]}), None, "only")

    assert scatter.x.values.tolist() == [0, 1, 2]
    assert (scatter.x.name, scatter.x.kind) == ("row", "number")


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (pd.DataFrame({"a": pd.Series([], dtype="float64")}), "no rows"),
        (pd.DataFrame({"said": [f"text {number}" for number in range(80)]}), "no column of numbers, categories or"),
        (pd.DataFrame({"a": [np.nan, np.nan]}), "no column of numbers, categories or dates with values"),
    ],
)
def test_where_there_is_nothing_to_draw_a_sentence_says_so(frame: pd.DataFrame, reason: str) -> None:
    with pytest.raises(DatasetError, match=reason):
        choice_of(frame)


@pytest.mark.parametrize(("role", "column"), [("x", "said"), ("colour", "said"), ("size", "kind"), ("size", "said")])
def test_a_column_that_cannot_say_it_is_refused_by_name(frame: pd.DataFrame, role: str, column: str) -> None:
    choice = Choice(**{"x": "width", "y": "weight", role: column})

    with pytest.raises(DatasetError, match=f"'{column}' of things"):
        scattered(examined(frame, name="things"), choice)


def test_numbers_lie_where_they_are_and_the_axis_reaches_over_all(frame: pd.DataFrame) -> None:
    scatter = points(frame, "width", "weight")

    np.testing.assert_array_equal(scatter.x.values, frame["width"])
    np.testing.assert_array_equal(scatter.y.values, frame["weight"])
    assert scatter.x.start < frame["width"].min() < frame["width"].max() < scatter.x.end
    assert scatter.notes == ()


def test_dates_lie_at_their_milliseconds(frame: pd.DataFrame) -> None:
    scatter = points(frame, "day", "weight", colour="day")

    assert scatter.x.kind == "date"
    np.testing.assert_array_equal(scatter.x.values, [day.timestamp() * 1000 for day in frame["day"]])
    assert isinstance(scatter.colour, Quantity)
    assert scatter.groups.names[0] == "2001-01-01 to 2001-01-15"


def test_a_category_lies_beside_its_place_and_never_on_another(frame: pd.DataFrame) -> None:
    kinds = examined(frame, name="things").frame["kind"]
    scatter = points(frame, "kind", "kind")

    assert scatter.x.classes == ("a", "b", "c")
    assert scatter.x.values != pytest.approx(np.rint(scatter.x.values))
    assert [scatter.x.classes[place] for place in np.rint(scatter.x.values).astype(int)] == list(kinds)
    assert abs(np.corrcoef(scatter.x.values % 1, scatter.y.values % 1)[0, 1]) < 0.9, "the axes jitter apart"
    np.testing.assert_array_equal(points(frame, "kind", "weight").x.values, scatter.x.values)


def test_rows_without_a_value_are_counted_and_keep_their_places() -> None:
    frame = pd.DataFrame({"a": [1.0, np.nan, 3.0, np.inf, 5.0], "b": [1.0, 2.0, np.nan, 4.0, -1e308]})

    scatter = points(frame, "a", "b")

    assert np.isfinite(scatter.x.values).tolist() == [True, False, False, False, False]
    assert np.isnan(scatter.x.values).tolist() == np.isnan(scatter.y.values).tolist()
    assert scatter.notes == ("4 of 5 rows are left out: they have no finite value of a or b.",)


def test_sizes_are_the_sixths_of_the_rows_as_pandas_cuts_them(frame: pd.DataFrame) -> None:
    frame.loc[:3, "weight"] = np.nan
    sizes = points(frame, "width", "noise", size="weight").sizes
    sixths = pd.qcut(frame["weight"], 6, labels=[6, 9, 12, 15, 18, 21])

    assert sizes is not None
    assert sizes.pixels[:4].tolist() == [4] * 4
    assert sizes.pixels[4:].tolist() == sixths[4:].tolist()


def test_sizes_of_values_that_repeat_are_fewer() -> None:
    frame = pd.DataFrame({"a": np.arange(9.0), "b": np.arange(9.0), "few": [0.0] * 7 + [1.0, 2.0]})
    sizes = points(frame, "a", "b", size="few").sizes
    expected = pd.qcut(frame["few"], 6, labels=False, duplicates="drop")

    assert sizes is not None
    assert sizes.pixels.tolist() == [(6, 9, 12)[place] for place in expected]


def test_classes_are_coloured_and_can_be_selected(frame: pd.DataFrame) -> None:
    scatter = points(frame, "width", "weight", colour="kind")

    assert isinstance(scatter.colour, Classes)
    assert scatter.groups is scatter.colour
    assert [scatter.colour.names[code] for code in scatter.colour.codes] == list(frame["kind"])


def test_quarters_of_a_quantity_can_be_selected(frame: pd.DataFrame) -> None:
    groups = points(frame, "width", "weight", colour="noise").groups

    np.testing.assert_array_equal(groups.codes, pd.qcut(frame["noise"], 4, labels=False))
    assert groups.counts.tolist() == [15, 15, 15, 15]


def test_each_of_a_few_values_can_be_selected(frame: pd.DataFrame) -> None:
    groups = points(frame.assign(few=np.resize([8, 4, 6], N_ROWS)), "width", "weight", colour="few").groups

    assert groups.names == ("4", "6", "8")
    assert groups.counts.tolist() == [20, 20, 20]


@pytest.mark.parametrize(
    ("few", "names"),
    [
        ([202001, 202002], ("202001", "202002")),
        ([1.0, 1.00001], ("1", "1.00001")),
        ([1e200, 2e200], ("1e+200", "2e+200")),
        (pd.to_datetime(["2020-01-01 08:00", "2020-01-01 20:30"]), ("2020-01-01 08:00", "2020-01-01 20:30")),
        (
            pd.to_datetime(["2020-01-01 08:00:00", "2020-01-01 08:00:30"]),
            ("2020-01-01 08:00:00", "2020-01-01 08:00:30"),
        ),
    ],
    ids=["months", "close", "large", "hours", "seconds"],
)
def test_values_that_can_be_selected_are_told_apart(frame: pd.DataFrame, few: object, names: tuple[str, ...]) -> None:
    found = points(frame.assign(few=np.resize(np.array(few), N_ROWS)), "width", "weight", colour="few").groups

    assert found.names == names
    assert found.counts.tolist() == [30, 30]


def test_an_outlier_does_not_take_all_colours() -> None:
    values = np.append(np.linspace(0, 1, 999), 1e6)
    frame = pd.DataFrame({"a": values, "b": np.arange(1000.0)})

    scatter = points(frame, "b", "a", colour="a")

    assert isinstance(scatter.colour, Quantity)
    assert (scatter.colour.low, scatter.colour.high) == pytest.approx(tuple(np.quantile(values, [0.01, 0.99])))
    assert any("98 %" in note for note in scatter.notes)


def test_bars_count_what_is_drawn(frame: pd.DataFrame) -> None:
    bins = points(frame, "width", "weight").x.bins
    edges = np.append(bins.left, bins.right[-1])

    np.testing.assert_array_equal(bins.counts, np.histogram(frame["width"], edges)[0])
    np.testing.assert_array_equal(np.bincount(bins.places, minlength=len(bins.left)), bins.counts)
    assert bins.counts.sum() == N_ROWS


def test_whole_numbers_and_classes_have_a_bar_each(frame: pd.DataFrame) -> None:
    scatter = points(frame.assign(doors=np.resize([2, 4, 5], N_ROWS)), "doors", "kind")

    assert scatter.x.bins.left.tolist() == [1.5, 2.5, 3.5, 4.5]
    assert scatter.x.bins.counts.tolist() == [20, 0, 20, 20]
    assert scatter.y.bins.counts.tolist() == [20, 20, 20]


@pytest.mark.parametrize(
    "values",
    [
        [7.0],
        [0.0, 0.0],
        [1e16, np.nextafter(1e16, np.inf)],
        [0.0, 5e-324],
        [-1e300, 1e300],
        [np.nan, 1.0],
        [np.inf, -np.inf],
        [0.1, np.nextafter(0.1, 1)],
    ],
)
def test_values_at_the_end_of_what_numbers_can_be_are_drawn(values: list[float]) -> None:
    frame = pd.DataFrame({"a": values, "b": np.arange(len(values), dtype="float64")})

    scatter = points(frame, "a", "b", size="a", colour="a")

    n_drawn = int(np.isfinite(values).sum())
    assert np.isfinite([scatter.x.start, scatter.x.end, scatter.x.end - scatter.x.start]).all()
    assert scatter.x.start < scatter.x.end
    assert scatter.x.bins.counts.sum() == scatter.y.bins.counts.sum() == n_drawn
    assert isinstance(scatter.colour, Quantity)
    assert scatter.colour.low < scatter.colour.high


def test_many_classes_are_gathered() -> None:
    frame = pd.DataFrame({"a": np.arange(4_000.0), "kind": pd.Categorical([f"k{n % 1000}" for n in range(4_000)])})

    scatter = points(frame, "a", "kind", colour="kind")

    assert len(scatter.y.classes) == 29
    assert scatter.y.classes[-1] == "others (972)"


def test_notes_of_the_rows_are_kept() -> None:
    dataset = Dataset(**{**vars(examined(pd.DataFrame({"a": [1.5], "b": [2.5]}), name="one")), "notes": ("A part.",)})

    assert scattered(dataset, Choice(x="a", y="b")).notes == ("A part.",)
