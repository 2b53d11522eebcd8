"""The settings of a run as people read them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pycore.models.evaluation import settings_list
from pycore.results.run import Run
from pycore.results.training import Candidate, TrainingSettings


@pytest.fixture
def run() -> Run:
    best = Candidate(
        model="random_forest",
        number=3,
        parameters={"n_estimators": 100, "max_depth": 4},
        score=0.9583,
        score_std=0.0263,
        train_score=1.0,
        fit_s=0.1,
        n_done=5,
        n_folds=5,
        n_rows=120,
    )
    return Run(
        id="iris-20261130-081502-3f7a",
        dataset="iris",
        source="iris",
        parameters={"limit": 150},
        target="species",
        task="classification",
        classes=("setosa", "versicolor", "virginica"),
        settings=TrainingSettings(
            features=("petal_length", "petal_width"),
            models=("random_forest", "svc_rbf"),
            ranges={"random_forest": {"n_estimators": (50, 100), "max_depth": (4,)}},
            split="stratified",
        ),
        state="done",
        started_at="2026-11-30T08:15:02+00:00",
        ended_at="2026-11-30T08:15:14.500000+00:00",
        n_rows=150,
        n_train=120,
        n_test=30,
        n_done=20,
        n_fits=20,
        best=best,
        train_score=1.0,
        test_score=0.93333333,
        data_digest="ab" * 32,
        versions={"python": "3.11.7", "scikit-learn": "1.9.1"},
    )


def test_everything_that_was_chosen_and_came_out_is_listed(run: Run) -> None:
    assert settings_list(run) == [
        ("Data set", "iris"),
        ("Source", "iris, limit 150"),
        ("Target", "species (classification)"),
        ("Classes", "3: setosa, versicolor, virginica"),
        ("Features", "2: petal_length, petal_width"),
        ("Rows", "150: 120 for training, 30 for testing"),
        ("Split", "80 % for training, at random, with the same shares of the classes in both parts"),
        ("Seed", "214"),
        ("Models", "Random Forest, SVC (rbf kernel)"),
        ("Random Forest: n estimators", "50, 100"),
        ("Random Forest: max depth", "4"),
        ("Search", "every combination"),
        ("Cross-validation", "5 folds"),
        ("Metric", "Accuracy"),
        ("Best model", "Random Forest"),
        ("Hyperparameters", "n estimators 100, max depth 4"),
        ("Score in cross-validation", "0.9583 ± 0.026"),
        ("Training score", "1"),
        ("Test score", "0.9333"),
        ("Fits", "20 of 20"),
        ("Started", "2026-11-30 08:15:02 UTC"),
        ("Duration", "12.5 s"),
        ("Data digest (SHA-256)", "ab" * 32),
        ("Versions", "python 3.11.7, scikit-learn 1.9.1"),
        ("Run", "iris-20261130-081502-3f7a"),
    ]


def test_what_is_not_known_yet_is_left_out(run: Run) -> None:
    fresh = replace(run, best=None, ended_at="", n_rows=0, n_fits=0, versions={}, data_digest="", parameters={})

    labels = {label for label, _ in settings_list(fresh)}

    assert not labels & {"Best model", "Test score", "Duration", "Rows", "Fits", "Versions", "Source"}
    assert {"Data set", "Seed", "Started"} <= labels


def test_the_best_so_far_has_no_test_score(run: Run) -> None:
    labels = [label for label, _ in settings_list(replace(run, train_score=None, test_score=None))]

    assert "Best model" in labels
    assert not {"Training score", "Test score"} & set(labels)


def test_errors_are_shown_without_the_sign_of_their_score(run: Run) -> None:
    settings = replace(run.settings, metric="neg_root_mean_squared_error", models=("ridge",), ranges={})
    assert run.best is not None
    best = replace(run.best, model="ridge", score=-3.25, parameters={"alpha": 0.1})

    listed = dict(settings_list(replace(run, task="regression", settings=settings, best=best, test_score=-3.5)))

    assert (listed["Metric"], listed["Test score"]) == ("RMSE", "3.5")
    assert listed["Score in cross-validation"] == "3.25 ± 0.026"
    assert (listed["Best model"], listed["Hyperparameters"]) == ("Ridge Regression", "alpha 0.1")


def test_models_and_metrics_that_are_no_longer_known_have_their_names(run: Run) -> None:
    settings = replace(run.settings, models=("our_own",), metric="our_metric", ranges={"our_own": {"depth": (1, None)}})

    listed = dict(settings_list(replace(run, settings=settings)))

    assert (listed["Models"], listed["Metric"], listed["our_own: depth"]) == ("our_own", "our_metric", "1, None")


@pytest.mark.parametrize(
    ("change", "label", "text"),
    [
        ({"split": "time", "split_by": "day"}, "Split", "80 % for training, the latest rows last, by day"),
        ({"split": "group", "split_by": "town"}, "Split", "80 % for training, whole groups together, by town"),
        ({"search": "random", "n_candidates": 7}, "Search", "7 combinations of each model, chosen at random"),
        ({"search": "random", "n_candidates": 1}, "Search", "1 combination of each model, chosen at random"),
        ({"n_folds": 2}, "Cross-validation", "2 folds"),
    ],
)
def test_each_setting_is_said_in_words(run: Run, change: dict[str, object], label: str, text: str) -> None:
    listed = dict(settings_list(replace(run, settings=replace(run.settings, **change))))  # type: ignore[arg-type]

    assert listed[label] == text


def test_a_long_run_took_hours(run: Run) -> None:
    assert dict(settings_list(replace(run, ended_at="2026-11-30T10:15:03+00:00")))["Duration"] == "2:00:01"
