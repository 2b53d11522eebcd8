"""The catalog answers by name from databases, bundled tables and files, and refuses what is not in it."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy.engine import make_url

from pycore.config.models import (
    CsvSource,
    DatabaseApplication,
    DatasetFile,
    DatasetSpec,
    ParameterSpec,
    SqlSource,
)
from pycore.database import Database
from pycore.datasets import Catalog, bundled
from pycore.exceptions import (
    DatasetError,
    DatasetValidationError,
    ServiceUnavailableError,
    UnknownNameError,
)


@pytest.fixture(scope="module")
def specs(pytestconfig: pytest.Config) -> dict[str, DatasetSpec]:
    path = pytestconfig.rootpath / "configs" / "datasets.json"
    return dict(DatasetFile.model_validate_json(path.read_text(encoding="utf-8")).datasets)


@pytest.fixture(scope="module")
def catalog(specs: dict[str, DatasetSpec]) -> Iterator[Catalog]:
    catalog = Catalog(specs, databases={}, cache=None, root=Path())
    yield catalog
    catalog.close()


@pytest.fixture(scope="module")
def stocks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("stocks") / "stocks.sqlite"
    with Database("STOCKS", DatabaseApplication(address=f"sqlite:///{path}")) as database:
        bundled.load(database)
        yield database


def files(root: Path, **specs: DatasetSpec) -> Catalog:
    return Catalog(specs, databases={}, cache=None, root=root)


def from_csv(path: str, **parameters: ParameterSpec) -> DatasetSpec:
    return DatasetSpec(title="File", source=CsvSource(kind="csv", path=path), parameters=parameters)


def test_the_latest_prices_are_fifty_days_newest_first(catalog: Catalog) -> None:
    frame = catalog.dataset("ibm_daily", {"symbol": "IBM", "limit": 50})

    assert len(frame) == 50
    assert frame["symbol"].unique().tolist() == ["IBM"]
    assert frame["date"].iloc[0] == pd.Timestamp("2013-03-01")
    assert frame["date"].is_monotonic_decreasing
    assert frame.iloc[0][["open", "high", "low", "close", "volume"]].tolist() == [
        200.65,
        202.94,
        199.36,
        202.91,
        3308300,
    ]


def test_fifty_days_of_ibm_are_the_default(catalog: Catalog) -> None:
    given = catalog.dataset("ibm_daily", {"symbol": "IBM", "limit": 50})

    pd.testing.assert_frame_equal(catalog.dataset("ibm_daily"), given, check_exact=True)


def test_a_symbol_without_rows_is_an_empty_frame_of_the_same_types(catalog: Catalog) -> None:
    frame = catalog.dataset("ibm_daily", {"symbol": "NONE"})

    assert len(frame) == 0
    pd.testing.assert_series_equal(frame.dtypes, catalog.dataset("ibm_daily").dtypes)
    assert str(frame["date"].dtype) == "datetime64[s]"


def test_an_injection_is_refused_and_the_table_stays(
    catalog: Catalog, stocks: Database, specs: dict[str, DatasetSpec]
) -> None:
    full = Catalog(specs, databases={"STOCKS": stocks}, cache=None, root=Path())

    with pytest.raises(DatasetError, match="'symbol'") as caught:
        full.dataset("ibm_daily", {"symbol": "'; DROP TABLE stocks; --"})

    assert caught.value.exit_code == 5
    assert "DROP" not in str(caught.value)
    assert len(full.dataset("stocks")) == bundled.TABLES["stocks"].n_rows


@pytest.mark.parametrize("name", ["ibm_daily", "daily", "stocks", *sorted(set(bundled.TABLES) - {"stocks"})])
def test_bundled_tables_answer_as_the_database_does(
    catalog: Catalog, stocks: Database, specs: dict[str, DatasetSpec], name: str
) -> None:
    with_database = Catalog(specs, databases={"STOCKS": stocks}, cache=None, root=Path())

    pd.testing.assert_frame_equal(catalog.dataset(name), with_database.dataset(name), check_exact=True)


def test_days_between_two_dates_come_oldest_first(catalog: Catalog) -> None:
    frame = catalog.dataset("daily", {"symbol": "FB", "start": "2013-02-25", "end": "2013-03-01"})

    assert frame["date"].dt.strftime("%m-%d").tolist() == ["02-25", "02-26", "02-27", "02-28", "03-01"]


def test_gaps_arrive_as_gaps(catalog: Catalog) -> None:
    penguins = catalog.dataset("penguins")
    titanic = catalog.dataset("titanic")

    assert penguins["body_mass_g"].isna().sum() == 2
    assert str(penguins["body_mass_g"].dtype) == "Int64"
    assert penguins["sex"].isna().sum() == 11
    assert titanic["age"].isna().sum() == 557
    assert titanic["passenger_class"].isna().sum() == 1
    assert titanic["survived"].sum() == 450


def test_loading_twice_loads_once(stocks: Database) -> None:
    loaded = bundled.load(stocks)

    assert loaded == dict.fromkeys(bundled.TABLES, 0)
    assert stocks.extract("SELECT COUNT(*) AS n FROM stocks")["n"].tolist() == [12_154]


def test_a_private_database_holds_just_the_tables_asked_for_and_goes_with_its_last_user() -> None:
    with bundled.in_memory(["iris"]) as database:
        folder = Path(make_url(database.address).database or "").parent
        assert [table.name for table in database.tables()] == ["iris"]
        assert folder.is_dir()
    del database
    gc.collect()

    assert not folder.exists()


def test_threads_share_one_private_database(specs: dict[str, DatasetSpec]) -> None:
    catalog = Catalog(specs, databases={}, cache=None, root=Path())
    sizes: list[int] = []
    threads = [threading.Thread(target=lambda: sizes.append(len(catalog.dataset("iris")))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    catalog.close()

    assert sizes == [150] * 4
    assert len(catalog.dataset("iris")) == 150
    catalog.close()


def test_an_unknown_data_set_lists_those_that_there_are(catalog: Catalog) -> None:
    with pytest.raises(UnknownNameError, match=r"'irs'.*Did you mean 'iris'.*autompg, boston") as caught:
        catalog.dataset("irs")

    assert caught.value.kind == "data set"
    assert caught.value.exit_code == 2


def test_an_unknown_parameter_is_refused(catalog: Catalog) -> None:
    with pytest.raises(UnknownNameError, match="symbol") as caught:
        catalog.dataset("ibm_daily", {"ticker": "IBM"})

    assert caught.value.kind == "parameter"


def test_keys_are_those_that_users_know(catalog: Catalog) -> None:
    assert catalog.key("ibm_daily") == "LATEST_IBM_DAILY_STICKS"
    assert catalog.key("ibm_daily", {"symbol": "AAPL", "limit": 50}) == "LATEST_AAPL_DAILY_STICKS"
    assert catalog.key("ibm_daily", {"limit": 1000}) == "LATEST_IBM_DAILY_STICKS:limit=1000"
    assert catalog.key("iris", {}) == "iris"
    assert len({catalog.key(name) for name in catalog}) == len(catalog)


def test_an_identity_tells_statements_parameters_and_places_apart(
    catalog: Catalog, stocks: Database, specs: dict[str, DatasetSpec]
) -> None:
    other = Catalog(specs, databases={"STOCKS": stocks}, cache=None, root=Path())
    statement = "SELECT symbol FROM stocks WHERE symbol = :symbol LIMIT :limit"
    changed = specs["ibm_daily"].model_copy(
        update={"source": SqlSource(kind="sql", database="STOCKS", statement=statement)}
    )
    rewritten = Catalog({"ibm_daily": changed}, databases={"STOCKS": stocks}, cache=None, root=Path())

    identities = [
        catalog.identity("ibm_daily"),
        catalog.identity("ibm_daily", {"symbol": "FB"}),
        catalog.identity("ibm_daily", {"limit": 51}),
        catalog.identity("daily"),
        other.identity("ibm_daily"),
        rewritten.identity("ibm_daily"),
    ]

    assert [one for one in identities if identities.count(one) > 1] == []
    assert catalog.identity("ibm_daily", {"limit": 50}) == identities[0]
    assert identities[0]["parameters"] == {"symbol": "IBM", "limit": 50}
    assert identities[4]["application"] == "STOCKS"


def test_a_title_may_change_without_a_new_identity(catalog: Catalog, specs: dict[str, DatasetSpec]) -> None:
    renamed = specs["iris"].model_copy(update={"title": "Blossoms", "description": "", "ttl_s": 5.0})

    assert files(Path(), iris=renamed).identity("iris") == catalog.identity("iris")


def test_without_database_and_bundled_tables_the_database_is_named() -> None:
    spec = DatasetSpec(title="x", source=SqlSource(kind="sql", database="SALES", statement="SELECT 1"))

    with pytest.raises(UnknownNameError, match="SALES") as caught:
        files(Path(), sales=spec).dataset("sales")

    assert caught.value.kind == "database"


def test_a_database_that_is_away_is_never_replaced_by_bundled_rows(
    specs: dict[str, DatasetSpec], tmp_path: Path
) -> None:
    away = Database("STOCKS", DatabaseApplication(address=f"sqlite:///{tmp_path}/missing.sqlite"))
    catalog = Catalog(specs, databases={"STOCKS": away}, cache=None, root=Path())

    with pytest.raises(ServiceUnavailableError):
        catalog.dataset("ibm_daily")


def test_a_file_is_read_below_the_root_with_its_parameters(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "spy.csv").write_text("date,close\n2016-07-29,217.12\n")
    spec = from_csv("src/{symbol}.csv", symbol=ParameterSpec(type="string", default="spy"))

    frame = files(tmp_path, spy=spec).dataset("spy")

    assert frame.to_dict("list") == {"date": [pd.Timestamp("2016-07-29")], "close": [217.12]}


@pytest.mark.parametrize("symbol", ["../secret", "..", "a/b", "a\\b", ".hidden", "a\0b"])
def test_no_parameter_leads_to_another_folder(tmp_path: Path, symbol: str) -> None:
    (tmp_path / "secret.csv").write_text("password\nhunter2\n")
    (tmp_path / "src").mkdir()
    spec = from_csv("src/{symbol}.csv", symbol=ParameterSpec(type="string", default="spy"))

    with pytest.raises(DatasetError, match="without slashes"):
        files(tmp_path, spy=spec).dataset("spy", {"symbol": symbol})


def test_a_file_that_changes_is_another_source(tmp_path: Path) -> None:
    path = tmp_path / "spy.csv"
    path.write_text("close\n1\n")
    catalog = files(tmp_path, spy=from_csv("spy.csv"))
    before = catalog.identity("spy")
    path.write_text("close\n2\n")

    assert catalog.identity("spy") != before


def test_files_that_are_missing_or_broken_are_data_set_errors(tmp_path: Path) -> None:
    (tmp_path / "page.csv").write_text("<html></html>")
    catalog = files(tmp_path, none=from_csv("none.csv"), page=from_csv("page.csv"))

    with pytest.raises(DatasetError, match=r"none\.csv"):
        catalog.dataset("none")
    with pytest.raises(DatasetError, match=r"none\.csv cannot be read"):
        catalog.identity("none")
    with pytest.raises(DatasetValidationError, match="HTML"):
        catalog.dataset("page")


def test_a_discouraged_data_set_says_why_once(specs: dict[str, DatasetSpec], caplog: pytest.LogCaptureFixture) -> None:
    catalog = Catalog(specs, databases={}, cache=None, root=Path())
    catalog.dataset("boston")
    catalog.extract("boston")
    catalog.close()

    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert "column b" in warnings[0]


def test_no_rows_are_an_answer_with_a_warning_that_names_no_value(
    catalog: Catalog, caplog: pytest.LogCaptureFixture
) -> None:
    parameters = {"symbol": "MFST"}

    frames = [catalog.dataset("ibm_daily", parameters), catalog.extract("ibm_daily", parameters)]

    assert [len(frame) for frame in frames] == [0, 0]
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING] == [
        "ibm_daily: no rows for these parameters (symbol, limit)"
    ] * 2


def test_what_was_extracted_is_logged_with_its_rows(catalog: Catalog, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="pycore.datasets")

    fetched = catalog.fetched("ibm_daily")

    assert (fetched.hit, fetched.info, fetched.age_s) == (False, None, 0.0)
    assert (fetched.dataset, fetched.key) == ("ibm_daily", "LATEST_IBM_DAILY_STICKS")
    assert any(record.getMessage().startswith("ibm_daily: 50 rows from the source") for record in caplog.records)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.texts += [value or "" for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_table_for_notebooks_shows_every_data_set_and_runs_nothing() -> None:
    attack = "<script>alert('1')</script>\"onmouseover=\"alert(1)"
    spec = DatasetSpec(
        title=attack, description=attack, discouraged=attack, target=attack, source=CsvSource(kind="csv", path="x.csv")
    )
    shown = _Text()

    shown.feed(files(Path(), evil=spec)._repr_html_())

    assert set(shown.tags) == {"table", "thead", "tbody", "tr", "th", "td"}
    assert "evil" in shown.texts
    assert attack in shown.texts


def test_the_table_of_text_has_a_line_per_data_set(catalog: Catalog) -> None:
    head, *lines = repr(catalog).splitlines()

    assert head.split() == ["name", "title", "task", "target", "parameters"]
    assert [line.split()[0] for line in lines] == catalog.names() == list(catalog)
    assert "symbol=IBM, limit=50" in repr(catalog)
    assert "iris" in catalog
    assert "irs" not in catalog
