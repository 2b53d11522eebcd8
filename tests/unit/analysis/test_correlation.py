"""Correlations and associations: the numbers of pandas and scipy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pycore.analysis.columns import examined
from pycore.analysis.correlation import associations, correlations
from pycore.datasets.bundled import open_csv
from pycore.exceptions import DatasetError
from pycore.results.features import Correlations

N = 200


@pytest.fixture
def chance() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def frame(chance: np.random.Generator) -> pd.DataFrame:
    """Return columns that go together more or less, some values missing."""
    values = chance.normal(size=(N, 5)) @ chance.normal(size=(5, 5))
    return pd.DataFrame(values, columns=list("abcde")).mask(chance.random((N, 5)) < 0.1)


def correlated(frame: pd.DataFrame) -> Correlations:
    return correlations(examined(frame, name="rows"), [str(name) for name in frame])


def associated(**columns: object) -> float:
    """Return V of two columns."""
    found = associations(examined(pd.DataFrame(columns), name="rows"), list(columns))
    return float(found.values[0, 0, 1])


def as_frame(found: Correlations, method: str) -> pd.DataFrame:
    return pd.DataFrame(found.values[found.methods.index(method)], index=found.names, columns=found.names)


@pytest.mark.parametrize("method", ["Pearson", "Spearman"])
def test_correlations_are_those_of_pandas_with_and_without_gaps(frame: pd.DataFrame, method: str) -> None:
    for rows in (frame, frame.dropna()):
        expected = rows.corr(method.lower())  # type: ignore[arg-type]  # one of its words

        found = as_frame(correlated(rows), method)

        pd.testing.assert_frame_equal(found.loc[list(rows), list(rows)], expected, check_names=False, rtol=1e-12)


def test_a_pair_is_measured_on_the_rows_that_have_both_as_scipy_says(frame: pd.DataFrame) -> None:
    found = correlated(frame)

    both = frame[["a", "b"]].dropna()
    places = found.names.index("a"), found.names.index("b")
    assert found.values[(0, *places)] == pytest.approx(stats.pearsonr(both["a"], both["b"]).statistic)
    assert found.values[(1, *places)] == pytest.approx(stats.spearmanr(both["a"], both["b"]).statistic)
    assert found.n_rows[places] == len(both)
    assert "Each pair is measured on the rows that have both." in found.notes


def test_infinite_values_are_missing_and_this_is_said(frame: pd.DataFrame) -> None:
    expected = correlated(frame)

    found = correlated(frame.fillna(np.inf))

    assert found.names == expected.names
    np.testing.assert_array_equal(found.values, expected.values)
    assert f"Infinite values are taken as missing ({frame.isna().sum().sum()})." in found.notes


def test_a_constant_has_no_correlation_not_even_with_itself(frame: pd.DataFrame) -> None:
    found = correlated(frame.assign(k=0.1))

    with_constant = as_frame(found, "Pearson")["k"]
    assert with_constant.isna().all()
    assert "Empty cells: 1 of the columns do not vary, or hold too few values." in found.notes
    assert not np.isnan(as_frame(found, "Spearman").drop(index="k", columns="k")).any(axis=None)


def test_two_rows_are_too_few_for_a_pair() -> None:
    rows = pd.DataFrame({"a": [1, 2, np.nan, np.nan, 5], "b": [2, 1, 4, 7, np.nan]})

    assert np.isnan(correlated(rows).values[:, 0, 1]).all()


def test_values_that_no_square_can_hold_make_no_difference(frame: pd.DataFrame) -> None:
    expected = as_frame(correlated(frame), "Pearson")

    found = as_frame(correlated(frame.assign(a=frame["a"] * 1e300, b=frame["b"] * 1e-300)), "Pearson")

    pd.testing.assert_frame_equal(found, expected)


def test_similar_columns_stand_together_whatever_their_sign(chance: np.random.Generator) -> None:
    one, other = chance.normal(size=(2, N))
    rows = pd.DataFrame({"a": one, "x": other, "minus a": -one, "y": other * 2, "a³": one**3})

    names = correlated(rows).names

    for family in (["a", "minus a", "a³"], ["x", "y"]):
        places = sorted(names.index(name) for name in family)
        assert places == list(range(places[0], places[0] + len(family)))


@pytest.mark.parametrize(("names", "how_many"), [([], "none"), (["a"], "only one")])
def test_one_column_goes_together_with_nothing(frame: pd.DataFrame, names: list[str], how_many: str) -> None:
    dataset = examined(frame, name="rows")

    for together in (correlations, associations):
        with pytest.raises(DatasetError, match=f"two .*; rows has {how_many}."):
            together(dataset, names)


def test_two_rows_are_too_few() -> None:
    with pytest.raises(DatasetError, match="needs 3 rows; rows has 2"):
        correlated(pd.DataFrame({"a": [1.0, 2.0], "b": [2.0, 1.0]}))


def bergsma(left: pd.Series, right: pd.Series) -> float:
    """Return the corrected V after Bergsma (2013), from scipy's chi-squared."""
    table = pd.crosstab(left, right)
    n, (r, c) = table.to_numpy().sum(), table.shape
    phi2 = stats.chi2_contingency(table, correction=False).statistic / n
    phi2_corrected = max(0.0, phi2 - (r - 1) * (c - 1) / (n - 1))
    r_corrected, c_corrected = r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)
    return float(np.sqrt(phi2_corrected / min(r_corrected - 1, c_corrected - 1)))


def test_associations_are_bergsmas_cramers_v() -> None:
    with open_csv("penguins") as file:
        rows = pd.read_csv(file)
    names = ["species", "island", "sex"]

    found = as_frame(associations(examined(rows, name="penguins"), names), "Cramér's V")

    for one, other in [("species", "island"), ("species", "sex"), ("island", "sex")]:
        both = rows[[one, other]].dropna()
        assert found.loc[one, other] == pytest.approx(bergsma(both[one], both[other]), rel=1e-9)
    assert np.diag(found).tolist() == [1, 1, 1]
    assert found.equals(found.T)


def test_many_categories_do_not_look_associated_by_chance(chance: np.random.Generator) -> None:
    left, right = (chance.integers(0, 15, size=N).astype(str) for _ in range(2))

    plain = stats.contingency.association(pd.crosstab(left, right), method="cramer")
    corrected = associated(left=left, right=right)

    assert plain > 0.2
    assert corrected < 0.1


def test_one_category_that_tells_the_other_is_associated_with_it_fully() -> None:
    left = np.arange(N) % 4

    assert associated(left=left.astype(str), right=(left * 7).astype(str)) == pytest.approx(1)


@pytest.mark.parametrize(
    "right",
    [["same"] * N, pd.Categorical(np.arange(N)), pd.Categorical([None] * N, categories=["a"])],
    ids=["constant", "another in each row", "missing"],
)
def test_a_category_that_groups_nothing_has_no_association(right: object) -> None:
    assert np.isnan(associated(left=["x", "y"] * (N // 2), right=right))
