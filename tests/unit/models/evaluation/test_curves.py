"""Curves are those of scikit-learn, and those that are thinned look like all their points."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

from pycore.exceptions import ModelError
from pycore.models.evaluation import curves as module
from pycore.models.evaluation import precision_recall_curves, predictions, roc_curves
from pycore.models.evaluation.curves import MACRO
from pycore.models.plan import Plan
from pycore.results.evaluation import Curve, Predictions

NAMES = np.array(["a", "b", "c"], dtype=object)


def part_of(truth: np.ndarray, scores: np.ndarray) -> Predictions:
    names = NAMES[: scores.shape[1]]
    return Predictions(
        part="test",
        rows=np.arange(len(truth)),
        truth=names[truth],
        prediction=names[scores.argmax(axis=1)],
        classes=tuple(names),
        scores=scores,
        is_probability=True,
    )


def told(n_rows: int, n_classes: int = 3, digits: int = 16) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(n_rows)
    truth = chance.integers(0, n_classes, n_rows)
    scores = chance.dirichlet(np.ones(n_classes), n_rows) + 0.4 * np.eye(n_classes)[truth]
    return truth, (scores / scores.sum(axis=1, keepdims=True)).round(digits)


def area_of_steps(curve: Curve) -> float:
    return float(np.diff(curve.x) @ curve.y[1:])


def test_few_points_are_all_those_of_scikit_learn() -> None:
    truth, scores = told(60, digits=1)

    for place, curve in enumerate(roc_curves(part_of(truth, scores))[:3]):
        x, y, thresholds = roc_curve(truth == place, scores[:, place], drop_intermediate=False)
        np.testing.assert_allclose(np.array([curve.x, curve.y, curve.thresholds]), [x, y, thresholds])
    for place, curve in enumerate(precision_recall_curves(part_of(truth, scores))[:3]):
        precision, recall, thresholds = precision_recall_curve(truth == place, scores[:, place])
        np.testing.assert_allclose(np.array([curve.x, curve.y])[:, 1:], [recall[-2::-1], precision[-2::-1]])
        assert curve.thresholds is not None
        np.testing.assert_allclose(curve.thresholds[1:], thresholds[::-1])
        assert (curve.x[0], curve.y[0], curve.thresholds[0]) == (0.0, curve.y[1], np.inf)


def test_areas_are_those_of_scikit_learn_and_the_last_one_is_their_mean() -> None:
    truth, scores = told(400)
    part = part_of(truth, scores)
    hot = np.eye(3)[truth]

    found = [curve.area for curve in roc_curves(part)]
    assert found == pytest.approx([*roc_auc_score(hot, scores, average=None), roc_auc_score(hot, scores)])
    found = [curve.area for curve in precision_recall_curves(part)]
    assert found == pytest.approx(
        [*average_precision_score(hot, scores, average=None), average_precision_score(hot, scores)]
    )


@pytest.mark.parametrize(("n_rows", "tolerance"), [(50, 1e-12), (20_000, 0.002)])
def test_thinned_curves_have_the_area_of_all_points(n_rows: int, tolerance: float) -> None:
    part = part_of(*told(n_rows))

    for curve in roc_curves(part):
        assert len(curve.x) <= 500
        assert np.trapezoid(curve.y, curve.x) == pytest.approx(curve.area, abs=tolerance)
    for curve in precision_recall_curves(part):
        assert len(curve.x) <= 500
        assert area_of_steps(curve) == pytest.approx(curve.area, abs=tolerance)


def test_the_average_is_the_mean_height_at_each_place() -> None:
    truth, scores = told(80)
    part = part_of(truth, scores)

    *of_class, mean = roc_curves(part)

    between = (np.unique(mean.x)[1:] + np.unique(mean.x)[:-1]) / 2
    expected = np.mean([np.interp(between, one.x, one.y) for one in of_class], axis=0)
    np.testing.assert_allclose(np.interp(between, mean.x, mean.y), expected)
    assert (mean.label, mean.thresholds, mean.x[0], mean.y[0]) == (MACRO, None, 0.0, 0.0)
    *of_class, mean = precision_recall_curves(part)
    heights = [[one.y[np.flatnonzero(one.x >= at)[0]] for at in mean.x[1:]] for one in of_class]
    np.testing.assert_allclose(mean.y[1:], np.mean(heights, axis=0))


def test_two_classes_have_a_curve_each_and_no_average() -> None:
    truth, scores = told(90, n_classes=2)

    no, yes = roc_curves(part_of(truth, scores))

    assert (no.label, yes.label) == ("a", "b")
    assert no.area == pytest.approx(yes.area)


def test_guessing_has_half_the_area_or_the_share_of_the_class() -> None:
    truth, scores = told(300)
    part = part_of(truth, np.full_like(scores, 1 / 3))

    assert {(curve.area, curve.base) for curve in roc_curves(part)} == {(0.5, 0.5)}
    for place, curve in enumerate(precision_recall_curves(part)[:3]):
        assert curve.area == pytest.approx((truth == place).mean())
        assert curve.base == pytest.approx((truth == place).mean())


def test_a_model_of_distances_has_curves_by_them(titanic: Plan, titanic_pipeline: Any) -> None:
    part = predictions(titanic_pipeline, titanic)["test"]

    died, survived = roc_curves(part)

    features, y = titanic.rows("test")
    x, _, thresholds = roc_curve(y == "1", titanic_pipeline.decision_function(features), drop_intermediate=False)
    np.testing.assert_allclose(survived.x, x)
    np.testing.assert_allclose(survived.thresholds, thresholds)  # type: ignore[arg-type]
    assert died.area == pytest.approx(survived.area)


def test_classes_without_rows_have_no_curve() -> None:
    truth, scores = told(60)
    kept = truth < 2

    found = roc_curves(part_of(truth[kept], scores[kept]))

    assert [curve.label for curve in found] == ["a", "b", MACRO]


@pytest.mark.parametrize("make", [roc_curves, precision_recall_curves])
def test_what_cannot_be_drawn_is_said(make: Any) -> None:
    truth, scores = told(20)

    with pytest.raises(ModelError, match="All test rows are of one class"):
        make(part_of(np.zeros_like(truth), scores))
    with pytest.raises(ModelError, match="neither probabilities"):
        make(replace(part_of(truth, scores), scores=None))
    with pytest.raises(ModelError, match="There are no test rows"):
        make(part_of(truth[:0], scores[:0]))


def test_too_many_scores_are_sampled_and_this_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_SCORES", 1_500)
    truth, scores = told(2_000)

    for curve in roc_curves(part_of(truth, scores))[:3]:
        assert curve.notes == ("Of 500 of 2,000 rows, chosen at random.",)
        place = "abc".index(curve.label)
        assert curve.area == pytest.approx(roc_auc_score(truth == place, scores[:, place]), abs=0.08)


SCORED = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5)), min_size=2, max_size=40)


@settings(deadline=None, max_examples=60)
@given(SCORED)
def test_any_scores_rise_from_nothing_to_all(rows: list[tuple[int, int]]) -> None:
    truth, levels = np.array(rows).T
    if len(set(truth.tolist())) == 1:
        return
    part = part_of(truth, np.column_stack([5 - levels, levels]) / 5)

    for curve in (*roc_curves(part), *precision_recall_curves(part)):
        assert (np.diff(curve.x) >= 0).all()
        assert curve.x[[0, -1]].tolist() == [0.0, 1.0]
        assert np.isfinite([curve.x, curve.y]).all()
        assert ((curve.y >= 0) & (curve.y <= 1)).all()
    area = roc_auc_score(truth, levels)
    assert [curve.area for curve in roc_curves(part)] == pytest.approx([area, area])
