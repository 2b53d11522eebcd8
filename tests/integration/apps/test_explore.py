"""What can be explored, from real servers; and what is seen of it when a server, a table or the cache goes away."""

from __future__ import annotations

import io
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from suites.explored import cards, open_all, texts
from suites.mariadb import MariaDB, running_mariadb
from suites.redis_process import bare_redis

from pycore import PyCore
from pycore.analysis.columns import examined
from pycore.analysis.profile import profiled
from pycore.apps.explore import opened
from pycore.datasets import Catalog, bundled
from pycore.datasets.subjects import Subjects
from pycore.exceptions import DatasetError, UnknownNameError

NUMBERS = ["mean", "std", "min", "25%", "50%", "75%", "max"]
LENGTHS = ["sepal_length", "sepal_width", "petal_length", "petal_width"]


@pytest.fixture
def core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PyCore]:
    """The environment Local with tables of its own, and a cache that nobody started."""
    monkeypatch.setenv("ENV_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ENV_REDIS_PORT", "9")
    with PyCore("Local") as made:
        bundled.load(made.databases["STOCKS"], tables=("iris", "titanic"))
        yield made


def test_each_kind_of_source_is_explored(core: PyCore, tmp_path: Path) -> None:
    frame = core.dataset("iris")
    frame.to_csv(tmp_path / "flowers.csv", index=False)
    dataset = examined(frame, name="mine", target="species")

    explorers = [
        core.explore("iris"),
        core.explore("STOCKS.iris", target="species"),
        core.explore("SELECT * FROM iris WHERE species = :kind", target="petal_width", kind="setosa"),
        core.explore(tmp_path / "flowers.csv", "species"),
        core.explore(frame, target="species"),
        core.explore(frame["petal_width"]),
        core.explore(dataset),
        core.explore(dataset, target="petal_width"),
    ]

    assert [(each.dataset.target, each.dataset.task, len(each.dataset.frame)) for each in explorers] == [
        ("species", "classification", 150),
        ("species", "classification", 150),
        ("petal_width", "regression", 50),
        ("species", "classification", 150),
        ("species", "classification", 150),
        (None, None, 150),
        ("species", "classification", 150),
        ("petal_width", "regression", 150),
    ]
    assert explorers[0].dataset.column("petal_width").unit == "cm"
    assert repr(explorers[0]).startswith("<Explorer of iris: 150 rows × 5 columns; Summary, ")


def test_wrong_names_are_answered_with_what_there_is(core: PyCore) -> None:
    with pytest.raises(UnknownNameError, match=r"'irsi'\. Did you mean 'iris'\?"):
        core.explore("irsi")
    with pytest.raises(UnknownNameError, match=r"No column is called 'specie'\. Did you mean 'species'\?"):
        core.explore("iris", target="specie")
    with pytest.raises(UnknownNameError, match=r"No theme is called 'drak'.*auto, dark, light"):
        core.explore("no such table either", theme="drak")
    with pytest.raises(DatasetError, match="A list cannot be explored"):
        core.explore([1, 2, 3])


def test_a_query_that_was_cut_says_so_above_its_tabs(core: PyCore) -> None:
    limited = core.databases["STOCKS"].application.model_copy(update={"row_limit": 10})
    core.databases["STOCKS"].application = limited

    explorer = core.explore("SELECT * FROM iris")

    assert "These are the first 10 rows; the source has more." in texts(explorer.widget)


def test_statistics_of_a_table_are_the_database_s_own_and_those_of_pandas(core: PyCore) -> None:
    explorer = core.explore("STOCKS.titanic", target="survived")
    profile = profiled(explorer.dataset)

    assert profile.is_of_database
    ours = profile.numbers.set_index("column")[NUMBERS].astype("float64")
    theirs = core.dataset("titanic").describe().T[NUMBERS]
    np.testing.assert_allclose(ours.loc["age"], theirs.loc["age"], rtol=1e-12)
    assert "computed by the database in SQL" in texts(explorer.open("Summary").widget)


def test_a_table_that_vanished_is_told_of_and_all_else_goes_on(core: PyCore) -> None:
    explorer = core.explore("STOCKS.iris", target="species")
    with core.databases["STOCKS"].session() as session:
        session.connection().exec_driver_sql("DROP TABLE iris")

    summary = explorer.open("Summary")

    assert "No table is called 'iris'" in texts(summary.widget)
    assert open_all(explorer) == {title: [] for title in explorer.tabs}
    assert "Traceback" not in texts(explorer.widget)
    with pytest.raises(UnknownNameError, match="No table is called 'iris'"):
        core.explore("STOCKS.iris")


def test_a_database_file_that_vanished_is_told_of(core: PyCore, tmp_path: Path) -> None:
    explorer = core.explore("STOCKS.iris", target="species")
    core.databases["STOCKS"].close()
    shutil.move(tmp_path / "stocks.sqlite", tmp_path / "away.sqlite")

    assert "there is no such file" in texts(explorer.open("Summary").widget)
    assert cards(explorer.widget) == []


def test_a_cache_that_goes_away_in_the_middle_costs_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("ENV_DATA_DIR", str(tmp_path))
    with bare_redis(tmp_path) as redis:
        monkeypatch.setenv("ENV_REDIS_PORT", str(redis.port))
        with PyCore("Local") as core, caplog.at_level(logging.WARNING, "pycore"):
            bundled.load(core.databases["STOCKS"], tables=("iris", "autompg"))
            explorer = core.explore("iris")
            assert core.cache.keys() == ["iris"]
            redis.kill()

            assert open_all(explorer) == {title: [] for title in explorer.tabs}
            other = core.explore("autompg")

    assert other.dataset.target == "mpg"
    assert [record.name for record in caplog.records if record.levelno >= logging.WARNING] == ["pycore.cache.region"]


@pytest.fixture(scope="module")
def mariadb() -> Iterator[MariaDB]:
    with running_mariadb() as server:
        yield server


def test_a_server_that_stops_in_the_middle_is_told_of(mariadb: MariaDB, tmp_path: Path) -> None:
    with mariadb.open() as database:
        bundled.load(database, tables=("iris",))
        subjects = Subjects(
            Catalog({}, databases={}, cache=None, root=tmp_path), {database.name: database}, root=tmp_path
        )
        database.load_csv(io.StringIO("a\n1\n"), 'we`ird "%s" :x')
        assert subjects.read('we`ird "%s" :x').frame["a"].tolist() == [1]
        explorer = opened("iris", lambda: subjects.read("iris"), target="species")
        profile = profiled(explorer.dataset)
        describe = explorer.dataset.frame[LENGTHS].describe().T[NUMBERS]
        ours = profile.numbers.set_index("column").loc[LENGTHS, NUMBERS].astype("float64")
        mariadb.stop()

        summary = explorer.open("Summary")

        pd.testing.assert_frame_equal(ours, describe, rtol=1e-12, atol=0, check_names=False)
        assert profile.is_of_database
        assert f"{database.name}" in texts(summary.widget)
        assert "does not answer" in texts(summary.widget)
        assert cards(summary.widget) == []
        with pytest.raises(UnknownNameError, match="Not asked, because it does not answer"):
            subjects.read("iris")
