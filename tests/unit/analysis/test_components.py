"""Shares of variance of principal components: scikit-learn's numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pycore.analysis.columns import examined
from pycore.analysis.components import communalities, components
from pycore.datasets.bundled import open_csv
from pycore.exceptions import DatasetError
from pycore.results.dataset import Dataset
from pycore.results.features import Components


def mixed(n_rows: int, n_columns: int) -> pd.DataFrame:
    """Return columns that go together more or less."""
    chance = np.random.default_rng(0)
    values = chance.normal(size=(n_rows, n_columns)) @ chance.normal(size=(n_columns, n_columns))
    return pd.DataFrame(values, columns=[f"c{n}" for n in range(n_columns)])


def expected(frame: pd.DataFrame) -> list[float]:
    pca = PCA()
    make_pipeline(StandardScaler(), SimpleImputer(), pca).fit(frame)
    return [0.0, *np.cumsum(pca.explained_variance_ratio_)]


def dataset(frame: pd.DataFrame) -> Dataset:
    return examined(frame, name="rows")


@pytest.mark.parametrize("name", ["iris", "wine", "autompg"])
def test_shares_are_those_of_scikit_learn(name: str) -> None:
    with open_csv(name) as file:
        frame = pd.read_csv(file)

    found = components(examined(frame, name=name))

    assert found.cumulative == pytest.approx(expected(frame.select_dtypes("number")), rel=1e-10)


@pytest.mark.parametrize("shape", [(50, 80), (80, 50), (2, 5), (30, 1)])
def test_more_columns_than_rows_make_no_difference(shape: tuple[int, int]) -> None:
    frame = mixed(*shape)

    assert components(dataset(frame)).cumulative == pytest.approx(expected(frame), rel=1e-9)


def test_the_target_and_identifiers_are_no_features() -> None:
    frame = mixed(100, 4).assign(row_id=range(100))

    found = components(examined(frame, name="rows", target="c0"))

    assert found.cumulative == pytest.approx(expected(frame[["c1", "c2", "c3"]]))


def test_a_missing_or_infinite_value_is_the_mean_of_its_column_and_this_is_said() -> None:
    frame = mixed(200, 5)
    gaps = np.random.default_rng(1).random(frame.shape) < 0.1
    frame = frame.mask(gaps)
    infinite = frame.copy()
    infinite.iloc[np.nonzero(gaps[:, 0])[0][0], 0] = -np.inf

    found = components(dataset(infinite))

    assert found.cumulative == pytest.approx(expected(frame))
    assert found.notes == (
        "Infinite values are taken as missing (1).",
        f"Missing values count as the mean of their column ({gaps.sum()}).",
    )


def test_what_does_not_vary_is_left_out_and_this_is_said() -> None:
    frame = mixed(100, 3)

    found = components(dataset(frame.assign(k=0.1, m=np.nan)))

    assert found.cumulative == pytest.approx(expected(frame))
    assert found.n_features == 3
    assert "Features that do not vary are left out (2)." in found.notes


def test_of_very_many_only_the_first_components_are_computed_and_this_is_said() -> None:
    frame = mixed(501, 505)

    found = components(dataset(frame))

    assert found.cumulative == pytest.approx(expected(frame)[:31], rel=1e-5)
    assert (found.n_possible, found.reaching(0.95)) == (501, None)
    assert "Only the first 30 of 501 components were computed." in found.notes


def test_hundreds_of_columns_that_say_the_same_are_one_component() -> None:
    values = np.random.default_rng(1).normal(size=(502, 1))

    found = components(dataset(pd.DataFrame(np.tile(values, 502))))

    assert (found.cumulative[1], found.reaching(0.95)) == (pytest.approx(1), 1)


def test_values_that_no_square_can_hold_make_no_difference() -> None:
    frame = mixed(100, 3)

    found = components(dataset(frame.assign(c0=frame["c0"] * 1e300, c1=frame["c1"] * 1e-300)))

    assert found.cumulative == pytest.approx(expected(frame))


@pytest.mark.parametrize("frame", [pd.DataFrame({"c": list("ab") * 9}), pd.DataFrame({"k": [1.5] * 9}), mixed(1, 3)])
def test_where_no_number_varies_an_error_says_so(frame: pd.DataFrame) -> None:
    with pytest.raises(DatasetError, match="rows has none among its features"):
        components(dataset(frame))


@pytest.mark.parametrize(("share", "n"), [(0.0, 0), (0.5, 1), (0.9, 2), (0.95, 3), (1.0, 3)])
def test_a_share_is_reached_by_the_first_components_that_have_it(share: float, n: int) -> None:
    found = Components(cumulative=np.array([0, 0.6, 0.9, 1.0]), n_possible=3, n_features=3, n_rows=9)

    assert found.reaching(share) == n


@pytest.mark.parametrize("shape", [(300, 6), (40, 60), (505, 501)])
def test_what_two_components_explain_of_a_feature_is_its_squared_correlation_with_them(shape: tuple[int, int]) -> None:
    frame = mixed(*shape)

    names, shares, _ = communalities(dataset(frame))

    axes = PCA(2, svd_solver="full").fit_transform(StandardScaler().fit_transform(frame))
    with_axes = np.corrcoef(frame.T, axes.T)[:-2, -2:]
    assert names == list(frame)
    assert shares == pytest.approx((with_axes**2).sum(axis=1), abs=1e-3)
