"""Plans of the bundled data sets, and pipelines that are fitted to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from pycore.analysis.columns import examined
from pycore.datasets.bundled import open_csv
from pycore.models.plan import Plan, default_settings, planned
from pycore.results.dataset import Dataset


def bundled(name: str, target: str) -> Dataset:
    with open_csv(name) as file:
        return examined(pd.read_csv(file), name=name, target=target, units={"mpg": "mi/gal", "weight": "lb"})


def plan_of(dataset: Dataset, model: str, **settings: Any) -> Plan:
    return planned(dataset, replace(default_settings(dataset), models=(model,), **settings))


@pytest.fixture(scope="session")
def iris() -> Plan:
    return plan_of(bundled("iris", "species"), "naive_bayes")


@pytest.fixture(scope="session")
def titanic() -> Plan:
    """Two classes; categories, and numbers with gaps."""
    return plan_of(bundled("titanic", "survived"), "svc_linear")


@pytest.fixture(scope="session")
def cars() -> Plan:
    return plan_of(bundled("autompg", "mpg"), "ridge")


def fitted(plan: Plan) -> Any:
    return plan.pipeline(plan.models[-1]).fit(*plan.rows("train"))


@pytest.fixture(scope="session")
def iris_pipeline(iris: Plan) -> Any:
    return fitted(iris)


@pytest.fixture(scope="session")
def titanic_pipeline(titanic: Plan) -> Any:
    return fitted(titanic)


@pytest.fixture(scope="session")
def cars_pipeline(cars: Plan) -> Any:
    return fitted(cars)
