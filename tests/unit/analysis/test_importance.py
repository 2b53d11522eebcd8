"""Mutual information of features with the target: scikit-learn's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression
from sklearn.metrics import mutual_info_score

from pycore.analysis.columns import examined
from pycore.analysis.importance import importance
from pycore.analysis.sampling import SEED
from pycore.datasets.bundled import open_csv
from pycore.exceptions import DatasetError

N = 300


def bundled(name: str) -> pd.DataFrame:
    with open_csv(name) as file:
        return pd.read_csv(file)


@pytest.fixture
def chance() -> np.random.Generator:
    return np.random.default_rng(1)


def noise(**columns: Any) -> pd.DataFrame:
    """Return a target of which `a` tells and `b` does not."""
    a, b, rest = np.random.default_rng(0).normal(size=(3, N))
    return pd.DataFrame({"a": a, "b": b, "y": a + rest / 2}).assign(**columns)


def scores(frame: pd.DataFrame, target: str) -> dict[str, float]:
    found = importance(examined(frame, name="rows", target=target))
    return dict(zip(found.names, found.scores.tolist(), strict=True))


@pytest.mark.parametrize(("name", "target"), [("iris", "species"), ("wine", "cultivar")])
def test_classes_are_told_as_scikit_learn_says(name: str, target: str) -> None:
    frame = bundled(name)

    found = scores(frame, target)

    features = frame.drop(columns=target)
    expected = mutual_info_classif(features, frame[target], random_state=SEED)
    assert [found[str(name)] for name in features] == pytest.approx(expected, rel=1e-12)


def test_numbers_are_told_as_scikit_learn_says_with_whole_numbers_of_few_values_as_discrete() -> None:
    frame = bundled("autompg")

    found = importance(examined(frame, name="autompg", target="mpg"))

    features = frame.drop(columns=["mpg", "car_name"])
    discrete = [name in {"cylinders", "model_year", "origin"} for name in features]
    expected = mutual_info_regression(features, frame["mpg"], discrete_features=discrete, random_state=SEED)
    scores_of = dict(zip(found.names, found.scores, strict=True))
    assert [scores_of[str(name)] for name in features] == pytest.approx(expected, rel=1e-12)
    assert dict(zip(found.names, found.discrete, strict=True)) == dict(zip(features, discrete, strict=True))


def test_the_best_comes_first_and_the_same_each_time() -> None:
    dataset = examined(bundled("wine"), name="wine", target="cultivar")

    first, second = importance(dataset), importance(dataset)

    assert (np.diff(first.scores) <= 0).all()
    assert (first.names, first.scores.tolist()) == (second.names, second.scores.tolist())


def test_categories_are_discrete_and_a_missing_one_is_one_more() -> None:
    frame = pd.DataFrame({"c": ["x", None, "x", None, "z"] * 20, "t": ["no", "yes", "no", "yes", "no"] * 20})

    found = scores(frame, "t")

    assert found["c"] == pytest.approx(mutual_info_score(frame["c"].fillna("?"), frame["t"]))


def test_a_number_with_gaps_is_measured_where_it_is_known(chance: np.random.Generator) -> None:
    frame = noise()
    frame.loc[chance.random(N) < 0.3, "a"] = np.nan

    found = importance(examined(frame, name="rows", target="y"))

    known = frame.dropna()
    (expected,) = mutual_info_regression(known[["a"]], known["y"], random_state=SEED)
    assert found.names[0] == "a"
    assert (found.scores[0], found.n_rows[0]) == (pytest.approx(expected), len(known))
    assert "Features with missing values (1) are measured on the rows that have them." in found.notes


def test_infinite_values_are_missing_and_this_is_said() -> None:
    frame = noise()
    with_gaps = frame.assign(a=frame["a"].where(frame["a"] < 1))
    infinite = frame.assign(a=frame["a"].where(frame["a"] < 1, np.inf))

    assert scores(infinite, "y") == scores(with_gaps, "y")
    notes = importance(examined(infinite, name="rows", target="y")).notes
    assert f"Infinite values are taken as missing ({int((frame['a'] >= 1).sum())})." in notes


def test_rows_without_a_target_are_left_out_and_counted() -> None:
    frame = noise()

    with_gaps = frame.assign(y=frame["y"].where(frame.index >= 100))

    assert scores(with_gaps, "y") == scores(frame[100:].reset_index(drop=True), "y")
    notes = importance(examined(with_gaps, name="rows", target="y")).notes
    assert "Rows without a target are left out (100)." in notes


@pytest.mark.parametrize("constant", [3, 0.1, "same"])
def test_a_constant_tells_nothing(constant: object) -> None:
    assert scores(noise(k=constant), "y")["k"] == pytest.approx(0, abs=1e-12)


def test_a_date_is_measured_by_its_days() -> None:
    days = np.arange(N)
    frame = pd.DataFrame({"day": pd.Timestamp("2001-02-03") + pd.to_timedelta(days, unit="D"), "y": np.sin(days / 50)})

    (score,) = scores(frame, "y").values()

    assert score == pytest.approx(mutual_info_regression(days[:, None], frame["y"])[0], abs=0.05)
    assert score > 1


def test_texts_and_identifiers_are_not_measured() -> None:
    frame = noise(id=np.arange(N), text=[f"text {n}" for n in range(N)])

    found = importance(examined(frame, name="rows", target="y"))

    assert set(found.names) == {"a", "b"}
    assert "Columns of free text are not measured (1)." in found.notes


def test_values_that_no_square_can_hold_are_measured_all_the_same() -> None:
    frame = noise()

    assert scores(frame.assign(a=frame["a"] * 2.0**1000), "y") == pytest.approx(scores(frame, "y"), abs=1e-3)


def test_a_category_that_is_another_in_each_row_is_left_out_where_neighbours_count() -> None:
    found = importance(examined(noise(u=pd.Categorical(range(N))), name="rows", target="y"))

    assert "u" not in found.names
    assert any("left out (1)" in note for note in found.notes)


def test_a_class_of_five_rows_among_thousands_is_told(chance: np.random.Generator) -> None:
    rare = np.arange(3000) < 5
    frame = pd.DataFrame({"a": chance.normal(size=3000), "sign": rare * 9.0 + chance.normal(size=3000), "t": rare})

    assert next(iter(scores(frame, "t"))) == "sign"


def test_a_target_of_a_thousand_texts_is_measured(chance: np.random.Generator) -> None:
    label = np.arange(1500) % 1000
    frame = pd.DataFrame({"a": chance.normal(size=1500), "l": label / 3, "t": [f"text {n}" for n in label]})

    found = importance(examined(frame, name="rows", target="t"))

    assert found.names[0] == "l"
    assert "The 972 rarest classes of the target are measured as one." in found.notes


def test_of_hundreds_of_features_one_that_rises_and_falls_is_found(chance: np.random.Generator) -> None:
    values = chance.normal(size=(1000, 300))
    frame = pd.DataFrame(values, columns=[f"c{n}" for n in range(300)]).assign(y=np.abs(values[:, 123]))

    found = importance(examined(frame, name="rows", target="y"))

    assert (found.names[0], found.n_features, len(found.names)) == ("c123", 300, 60)
    assert any(note.startswith("Of 300 features 60 were measured") for note in found.notes)


def test_only_numbers_are_the_best_unless_others_are_asked_for(chance: np.random.Generator) -> None:
    frame = noise(c=chance.choice(["x", "z"], N))

    found = importance(examined(frame, name="rows", target="y"))

    assert found.best(4) == ["a", "b"]
    assert found.best(4, "category") == ["c"]
    assert found.best(1) == ["a"]


@pytest.mark.parametrize(
    ("frame", "target", "why"),
    [
        (noise(), None, "There is no target to tell of."),
        (noise(t="one"), "t", "The target is the same in all rows"),
        (noise(t=[f"text {n}" for n in range(N)]), "t", "No class of the target has two rows"),
        (noise().assign(y=lambda rows: rows["y"].where(rows.index < 4)), "y", "The target has a value in 4 rows"),
    ],
)
def test_without_a_target_that_tells_rows_apart_numbers_are_ranked_by_explained_variance(
    frame: pd.DataFrame, target: str | None, why: str
) -> None:
    found = importance(examined(frame, name="rows", target=target))

    assert found.measure == "explained variance"
    assert found.notes[0].startswith(why)
    assert (np.diff(found.scores) <= 0).all()


@pytest.mark.parametrize("n_rows", [0, 1, 20])
def test_where_there_is_nothing_to_measure_an_error_says_so(n_rows: int) -> None:
    frame = pd.DataFrame({"c": list("xy") * 10, "k": 1.5})[:n_rows]

    with pytest.raises(DatasetError, match=r"no target .* numbers are ranked, and rows has none that vary") as caught:
        importance(examined(frame, name="rows"))
    assert caught.value.dataset == "rows"
