"""What a notebook chooses by name is what the form says, or is refused."""

from __future__ import annotations

import numpy as np
import pytest

from pycore import PyCore
from pycore.apps.train import Trainer
from pycore.exceptions import ModelError, UnknownNameError
from pycore.models import ESTIMATORS


@pytest.fixture
def trainer() -> Trainer:
    return PyCore("NoApps").train("iris")


def test_the_form_says_what_is_chosen(trainer: Trainer) -> None:
    chosen = trainer.choose(
        models=["svc_rbf", "naive_bayes"], features=["petal_width"], train_share=0.6, seed=7, search="random", n_folds=3
    )

    settings = trainer.settings()
    assert chosen is trainer
    assert set(settings.models) == {"svc_rbf", "naive_bayes"}
    assert (settings.features, settings.train_share, settings.seed) == (("petal_width",), 0.6, 7)
    assert (settings.search, settings.n_folds) == ("random", 3)


def test_one_name_stands_for_a_list_of_one(trainer: Trainer) -> None:
    trainer.choose(models="naive_bayes", features="petal_width")

    assert trainer.settings().models == ("naive_bayes",)
    assert trainer.settings().features == ("petal_width",)


def test_all_stands_for_all_models(trainer: Trainer) -> None:
    trainer.choose(models="all")

    assert trainer.settings().models == tuple(each.name for each in ESTIMATORS.available("classification"))


def test_a_range_of_the_model_is_chosen(trainer: Trainer) -> None:
    values = ESTIMATORS.get("svc_rbf", "classification").parameter("C").values(0.1, 10.0)

    trainer.choose(models=["svc_rbf"], ranges={"svc_rbf": {"C": values}})

    assert trainer.settings().ranges == {"svc_rbf": {"C": values}}


def test_a_range_may_be_an_array(trainer: Trainer) -> None:
    trainer.choose(models="k_nearest_neighbors", ranges={"k_nearest_neighbors": {"n_neighbors": np.arange(3, 6)}})

    assert trainer.settings().ranges == {"k_nearest_neighbors": {"n_neighbors": (3, 4, 5)}}


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"modles": ["svc_rbf"]}, UnknownNameError, "models"),
        ({"models": ["svc"]}, UnknownNameError, "svc_rbf"),
        ({"features": ["petal"]}, UnknownNameError, "petal_width"),
        ({"features": []}, ModelError, "choose one at least"),
        ({"features": ["species"]}, ModelError, "is what is predicted"),
        ({"train_share": 0.99}, ModelError, "0.05 to 0.95"),
        ({"models": ["svc_rbf"], "ranges": {"svc_rbf": {"C": "34"}}}, ModelError, "put them into a list"),
        ({"split": "by luck"}, ModelError, "stratified"),
        ({"train_share": 0.777}, ModelError, "no room for this choice of train_share"),
    ],
)
def test_what_cannot_be_chosen_changes_nothing(
    trainer: Trainer, changes: dict[str, object], error: type[Exception], words: str
) -> None:
    before = trainer.settings()

    with pytest.raises(error, match=words):
        trainer.choose(**changes)

    assert trainer.settings() == before
