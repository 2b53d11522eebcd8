"""Rows are told apart as scikit-learn does it, and in words where that cannot be done."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.model_selection import (
    GroupKFold,
    GroupShuffleSplit,
    KFold,
    StratifiedKFold,
    TimeSeriesSplit,
    train_test_split,
)

from pycore.exceptions import DatasetError
from pycore.models.splits import Folds, Rows, Split, folds, split_rows
from pycore.results.training import SplitKind, TrainingSettings

SHARES = [0.05, 0.1, 0.25, 0.3, 0.35, 0.55, 0.6, 0.7, 0.8, 0.9, 0.95]
BASIS = TrainingSettings(features=("x",), models=("any",))


def settings(split: SplitKind = "random", **changed: Any) -> TrainingSettings:
    return replace(BASIS, split=split, **changed)


def numbers(n_rows: int, by: Any = None) -> Rows:
    return Rows(dataset="rows", y=np.arange(n_rows) / 7, by=None if by is None else np.asarray(by))


def classes(*counts: int, by: Any = None) -> Rows:
    """Return so many rows of each class, mixed: the class `a`, `b` … of each."""
    y = np.random.default_rng(5).permutation(np.repeat(np.arange(len(counts)), counts))
    names = tuple("abcdefghijklmnopqrstuvwxyz"[: len(counts)])
    return Rows(dataset="rows", y=y, classes=names, by=None if by is None else np.asarray(by))


def labels(rows: Rows) -> list[str]:
    return [rows.classes[place] for place in rows.y]


def lists(pairs: Any) -> list[tuple[list[int], list[int]]]:
    return [(train.tolist(), test.tolist()) for train, test in pairs]


@pytest.mark.parametrize("n_rows", [150, 151, 397])
@pytest.mark.parametrize("share", SHARES)
def test_a_random_split_is_that_of_train_test_split_row_for_row(n_rows: int, share: float) -> None:
    found = split_rows(numbers(n_rows), settings(train_share=share))

    train, test = train_test_split(np.arange(n_rows), train_size=share, random_state=214)
    assert (found.train.tolist(), found.test.tolist()) == (train.tolist(), test.tolist())


@pytest.mark.parametrize("seed", [0, 214, 4_294_967_295])
@pytest.mark.parametrize("share", SHARES)
def test_a_stratified_split_is_that_of_train_test_split_row_for_row(share: float, seed: int) -> None:
    rows = classes(71, 59, 48)

    found = split_rows(rows, settings("stratified", train_share=share, seed=seed))

    train, test = train_test_split(np.arange(178), train_size=share, random_state=seed, stratify=labels(rows))
    assert (found.train.tolist(), found.test.tolist(), found.notes) == (train.tolist(), test.tolist(), ())


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_a_split_by_group_is_that_of_group_shuffle_split(share: float) -> None:
    groups = np.arange(100) // 9

    found = split_rows(numbers(100, groups), settings("group", train_share=share))

    splitter = GroupShuffleSplit(n_splits=1, train_size=share, random_state=214)
    ((train, test),) = splitter.split(groups, groups=groups)
    assert (found.train.tolist(), found.test.tolist()) == (train.tolist(), test.tolist())
    assert not set(groups[found.train]) & set(groups[found.test])


@pytest.mark.parametrize("share", [0.05, 0.95])
def test_both_parts_have_a_group_however_small_the_share(share: float) -> None:
    found = split_rows(numbers(20, [0] * 10 + [1] * 10), settings("group", train_share=share))

    assert (len(found.train), len(found.test)) == (10, 10)


def test_of_time_the_latest_rows_are_the_test_part_in_their_order() -> None:
    times = np.random.default_rng(1).permutation(40)

    found = split_rows(numbers(40, times), settings("time", train_share=0.75))

    assert times[found.train].tolist() == list(range(30))
    assert times[found.test].tolist() == list(range(30, 40))
    assert found.notes == ()


def test_rows_of_one_time_stay_together() -> None:
    days = np.repeat(np.arange(10), 3)

    found = split_rows(numbers(30, days), settings("time", train_share=0.67))

    assert (days[found.train].max(), days[found.test].min(), len(found.train)) == (5, 6, 18)
    assert found.notes == ("Rows of one time stay together, so 18 rows are for training.",)


def test_if_the_first_time_is_that_of_most_rows_they_are_for_training() -> None:
    found = split_rows(numbers(20, [1] * 15 + [2] * 5), settings("time", train_share=0.5))

    assert len(found.train) == 15


def test_rows_without_a_time_count_as_the_oldest() -> None:
    found = split_rows(numbers(10, [5, np.nan, 3, 4, np.nan, 1, 2, 6, 7, 8]), settings("time", train_share=0.7))

    assert found.train.tolist() == [1, 4, 5, 6, 2, 3, 0]
    assert found.notes == ("Rows without a time count as the oldest (2).",)


def test_without_a_column_of_times_rows_count_as_they_come() -> None:
    found = split_rows(numbers(10), settings("time"))

    assert found.test.tolist() == [8, 9]
    assert found.notes == ("No column says which rows are later, so they count as they come, the last as the latest.",)


def test_a_class_of_five_rows_keeps_its_share() -> None:
    rows = classes(60, 55, 5)

    found = split_rows(rows, settings("stratified"))

    assert rows.counts(found.train).tolist() == [48, 44, 4]
    assert rows.counts(found.test).tolist() == [12, 11, 1]
    assert found.notes == ()


def test_a_class_of_one_row_is_for_training_and_the_others_keep_their_shares() -> None:
    rows = classes(50, 48, 1, 1)

    found = split_rows(rows, settings("stratified"))

    assert rows.counts(found.train).tolist() == [40, 38, 1, 1]
    assert rows.counts(found.test).tolist() == [10, 10, 0, 0]
    assert sorted([*found.train, *found.test]) == list(range(100))
    assert found.notes == (
        "Classes of one row are in the training part only: 'c', 'd'.",
        "The test part has no row of 'c', 'd': how well that is told nobody can say.",
    )


@pytest.mark.parametrize("share", [0.05, 0.8])
def test_more_classes_than_rows_of_a_part_are_split_at_random(share: float) -> None:
    rows = classes(*[4] * 20)

    found = split_rows(rows, settings("stratified", train_share=share if share > 0.5 else 0.15))

    smaller = min(len(found.train), len(found.test))
    assert sorted([*found.train, *found.test]) == list(range(80))
    assert found.notes[0] == (
        f"The rows are split at random: 20 classes cannot keep their shares in a part of {smaller} rows."
    )


def test_if_every_class_has_one_row_the_rows_are_split_at_random() -> None:
    rows = classes(*[1] * 20)

    found = split_rows(rows, settings("stratified"))

    assert (len(found.train), len(found.test)) == (16, 4)
    assert "The rows are split at random" in found.notes[0]


def test_a_class_that_a_part_has_none_of_is_named() -> None:
    days = np.arange(30)
    rows = Rows(dataset="rows", y=np.repeat([0, 1, 2, 3], [10, 12, 1, 7]), classes=("a", "b", "c", "d"), by=days)

    found = split_rows(rows, settings("time"))

    assert found.notes == ("The test part has no row of 'a', 'b', 'c': how well that is told nobody can say.",)

    later = split_rows(rows, settings("time", train_share=0.7))

    assert later.notes == (
        "The test part has no row of 'a': how well that is told nobody can say.",
        "The training part has no row of 'c', 'd': no model can predict that.",
    )


@pytest.mark.parametrize(
    ("rows", "chosen", "why"),
    [
        (numbers(0), settings(), "has 0 rows with a target, and 7 are needed"),
        (numbers(1), settings(), "has 1 row with a target"),
        (
            numbers(40),
            settings(train_share=0.05),
            "of 40 rows with a target 2 would be for training and 38 for testing",
        ),
        (classes(40, 0), settings("stratified"), "all rows are of one class"),
        (Rows(dataset="rows", y=np.full(40, 2.5)), settings(), "all rows have the same target"),
        (classes(12, 12, by=[0] * 24), settings("group"), "all rows are of one group"),
        (classes(12, 12), settings("group"), "say which column holds them"),
        (numbers(20, [1] * 20), settings("time"), "20 would be for training and 0 for testing"),
        (numbers(20), settings("stratified"), "only classes keep their shares"),
        (
            Rows(dataset="rows", y=np.repeat([0, 1], [30, 5]), classes=("a", "b"), by=np.arange(35)),
            settings("time"),
            "all rows of the training part are of one class",
        ),
    ],
)
def test_what_cannot_be_split_is_refused_in_words(rows: Rows, chosen: TrainingSettings, why: str) -> None:
    with pytest.raises(DatasetError, match=f"rows cannot be trained: .*{re.escape(why)}") as caught:
        split_rows(rows, chosen)

    assert caught.value.dataset == "rows"


def split_and_folded(rows: Rows, chosen: TrainingSettings) -> tuple[Split, Folds]:
    split = split_rows(rows, chosen)
    return split, folds(rows, split.train, chosen)


@pytest.mark.parametrize("n_folds", [2, 3, 5, 10])
@pytest.mark.parametrize("split", ["random", "stratified"])
def test_folds_of_classes_are_those_of_a_grid_search(split: SplitKind, n_folds: int) -> None:
    rows = classes(71, 59, 48)

    parts, found = split_and_folded(rows, settings(split, n_folds=n_folds))

    y = np.array(labels(rows))[parts.train]
    assert lists(found.pairs) == lists(StratifiedKFold(n_folds).split(np.zeros(len(y)), y))
    assert found.notes == ()


@pytest.mark.parametrize("n_folds", [2, 5, 7])
def test_folds_of_numbers_are_those_of_a_grid_search(n_folds: int) -> None:
    parts, found = split_and_folded(numbers(101), settings(n_folds=n_folds))

    assert lists(found.pairs) == lists(KFold(n_folds).split(parts.train))


def test_folds_of_groups_keep_them_together() -> None:
    groups = np.arange(100) // 9

    parts, found = split_and_folded(numbers(100, groups), settings("group"))

    of_train = groups[parts.train]
    assert lists(found.pairs) == lists(GroupKFold(5).split(of_train, groups=of_train))
    assert all(not set(of_train[train]) & set(of_train[test]) for train, test in found.pairs)


def test_folds_of_time_are_judged_on_what_comes_later() -> None:
    times = np.random.default_rng(1).permutation(60)

    parts, found = split_and_folded(numbers(60, times), settings("time"))

    of_train = times[parts.train]
    assert lists(found.pairs) == lists(TimeSeriesSplit(5).split(parts.train))
    assert all(of_train[train].max() < of_train[test].min() for train, test in found.pairs)
    assert found.notes == ()


def test_folds_that_judge_rows_of_a_time_that_others_are_fitted_to_are_told_of() -> None:
    days = np.repeat(np.arange(19), 3)

    parts, found = split_and_folded(numbers(57, days), settings("time", n_folds=3))

    of_train = days[parts.train]
    assert lists(found.pairs) == lists(TimeSeriesSplit(3).split(parts.train))
    assert [bool(set(of_train[train]) & set(of_train[test])) for train, test in found.pairs] == [False, True, True]
    assert found.notes == (
        "In 2 folds some rows of one time are fitted to, and others judged: folds count rows, not times.",
    )


def test_a_class_with_fewer_rows_than_folds_is_named_and_the_folds_stay() -> None:
    rows = classes(60, 55, 5)

    parts, found = split_and_folded(rows, settings("stratified"))

    y = rows.y[parts.train]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = lists(StratifiedKFold(5).split(np.zeros(len(y)), y))
    assert lists(found.pairs) == expected
    assert found.notes == ("Some of the 5 folds judge without a class that has fewer training rows: 'c' (4).",)


def test_if_all_classes_have_fewer_rows_than_folds_there_are_fewer_folds() -> None:
    parts, found = split_and_folded(classes(5, 5, 5), settings("stratified", n_folds=10))

    assert len(parts.train) == 12
    assert len(found.pairs) == 4
    assert found.notes == ("The cross-validation has 4 folds instead of 10: there are not enough rows of any class.",)


def test_if_every_class_has_one_row_there_are_two_folds_by_order() -> None:
    parts, found = split_and_folded(classes(*[1] * 20), settings("stratified"))

    assert lists(found.pairs) == lists(KFold(2).split(parts.train))
    assert "2 folds instead of 5" in found.notes[0]


def test_a_fold_that_is_fitted_without_some_class_is_counted() -> None:
    _, found = split_and_folded(classes(30, 30, 1), settings("stratified"))

    assert found.notes == (
        "Some of the 5 folds judge without a class that has fewer training rows: 'c' (1).",
        "In 1 fold models are fitted without a row of some class.",
    )


def test_every_fold_of_numbers_has_two_rows_to_be_judged_on() -> None:
    parts, found = split_and_folded(numbers(9), settings(n_folds=5))

    assert len(parts.train) == 7
    assert [len(test) for _, test in found.pairs] == [3, 2, 2]
    assert found.notes == ("The cross-validation has 3 folds instead of 5: there are 7 rows.",)


@pytest.mark.parametrize("split", ["random", "time"])
def test_the_fewest_rows_have_two_folds(split: SplitKind) -> None:
    parts, found = split_and_folded(numbers(8), settings(split))

    assert len(parts.train) == 6
    assert [len(test) for _, test in found.pairs] == {"random": [2, 2, 2], "time": [2, 2]}[split]


def test_fewer_groups_than_folds_make_fewer_folds() -> None:
    _, found = split_and_folded(numbers(40, np.arange(40) // 10), settings("group"))

    assert len(found.pairs) == 3
    assert found.notes == ("The cross-validation has 3 folds instead of 5: there are 3 groups.",)


def test_a_training_part_of_one_group_is_refused() -> None:
    with pytest.raises(DatasetError, match="the training part has one group only"):
        split_and_folded(numbers(40, np.arange(40) // 20), settings("group"))


def test_folds_that_are_fitted_to_one_class_are_left_out() -> None:
    y = np.array([0] * 20 + [0, 1] * 20)
    rows = Rows(dataset="rows", y=y, classes=("a", "b"), by=np.arange(60))

    parts, found = split_and_folded(rows, settings("time"))

    of_train = y[parts.train]
    assert len(found.pairs) == 3
    assert all(len(set(of_train[train])) == 2 for train, _ in found.pairs)
    assert found.notes == ("Folds whose rows for fitting are of one class are left out (2).",)


def test_if_all_folds_are_fitted_to_one_class_there_is_nothing_to_search() -> None:
    y = np.array([0] * 46 + [1] * 14)
    rows = Rows(dataset="rows", y=y, classes=("a", "b"), by=np.arange(60))

    with pytest.raises(DatasetError, match="in every fold the rows that models are fitted to are of one class"):
        split_and_folded(rows, settings("time", n_folds=5))
