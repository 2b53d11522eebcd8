"""Whatever names rows is read, in an order that the user can rely on, or is answered with what there is."""

from __future__ import annotations

import gzip
import io
import uuid
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from suites.redis_server import free_port

from pycore.config.models import DatabaseApplication, DatasetSpec
from pycore.database import Database
from pycore.datasets import Catalog
from pycore.datasets.subjects import Subjects
from pycore.exceptions import (
    DatasetError,
    DatasetValidationError,
    QueryError,
    ServiceUnavailableError,
    UnknownNameError,
)

FLOWERS = "width,species\n0.2,setosa\n1.3,versicolor\n"
SPECS = {
    "flowers": {
        "title": "Flowers",
        "source": {
            "kind": "sql",
            "database": "ONE",
            "statement": "SELECT width, species FROM plants WHERE width < :most",
        },
        "parameters": {"most": {"type": "number", "default": 9.0}},
        "task": "classification",
        "target": "species",
        "units": {"width": "cm"},
    },
    "days": {
        "title": "Days",
        "source": {"kind": "sql", "database": "ONE", "statement": "SELECT 1 AS close"},
        "task": "timeseries",
        "target": "close",
    },
}


@pytest.fixture
def databases(tmp_path: Path) -> Iterator[dict[str, Database]]:
    """Two databases: both have the table shared, one has plants, and one a table with a name that is hard to write."""
    made = {
        name: Database(name, DatabaseApplication(address=f"sqlite:///{tmp_path / name}.sqlite"))
        for name in ("ONE", "TWO")
    }
    made["ONE"].load_csv(io.StringIO(FLOWERS), "plants")
    made["TWO"].load_csv(io.StringIO(FLOWERS), 'my "own" :table')
    for database in made.values():
        database.load_csv(io.StringIO(FLOWERS), "shared")
    yield made
    for database in made.values():
        database.close()


@pytest.fixture
def subjects(databases: dict[str, Database], tmp_path: Path) -> Subjects:
    return made(databases, tmp_path)


def made(databases: dict[str, Database], root: Path) -> Subjects:
    specs = {name: DatasetSpec.model_validate(spec) for name, spec in SPECS.items()}
    return Subjects(Catalog(specs, databases=databases, cache=None, root=root), databases, root=root)


def test_a_data_set_comes_with_its_target_and_units(subjects: Subjects) -> None:
    subject = subjects.read("flowers", {"most": 1.0})

    assert (subject.name, subject.target, subject.task, dict(subject.units)) == (
        "flowers",
        "species",
        "classification",
        {"width": "cm"},
    )
    assert subject.frame["species"].tolist() == ["setosa"]
    assert subject.statistics is None


def test_what_is_predicted_over_time_is_a_target_without_a_task(subjects: Subjects) -> None:
    assert (subjects.read("days").target, subjects.read("days").task) == ("close", None)


@pytest.mark.parametrize("source", ["plants", "ONE.plants", "ONE:plants", "ONE: plants", " plants "])
def test_a_table_comes_with_what_computes_its_statistics(
    subjects: Subjects, databases: dict[str, Database], source: str
) -> None:
    subject = subjects.read(source)

    assert_frame_equal(subject.frame, databases["ONE"].extract("SELECT * FROM plants"))
    assert (subject.name, subject.target) == ("plants", None)
    assert subject.statistics is not None
    assert_frame_equal(subject.statistics(), databases["ONE"].summary("plants"))


def test_a_table_is_read_whatever_its_name(subjects: Subjects) -> None:
    assert len(subjects.read('my "own" :table').frame) == 2


def test_a_table_of_several_databases_has_to_be_named_with_one(subjects: Subjects) -> None:
    with pytest.raises(UnknownNameError, match=r"several databases.*ONE\.shared, TWO\.shared"):
        subjects.read("shared")

    assert len(subjects.read("TWO.shared").frame) == 2


@pytest.mark.parametrize(
    "sql",
    [
        "ONE: SELECT width FROM plants WHERE species = :kind",
        "ONE:\n  -- the one\n  select width\nfrom plants where species = :kind",
        "ONE: WITH one AS (SELECT * FROM plants) SELECT width FROM one WHERE species = :kind",
        "ONE: /* narrow */ SELECT width FROM plants WHERE species = :kind",
    ],
)
def test_a_query_has_parameters(subjects: Subjects, sql: str) -> None:
    assert subjects.read(sql, {"kind": "setosa"}).frame["width"].tolist() == [0.2]


def test_a_query_goes_to_the_only_database(databases: dict[str, Database], tmp_path: Path) -> None:
    assert len(made({"ONE": databases["ONE"]}, tmp_path).read("VALUES (1), (2)").frame) == 2


def test_a_query_where_there_are_several_databases_says_how_to_choose(subjects: Subjects, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="'ONE: SELECT …'"):
        subjects.read("SELECT 1")
    with pytest.raises(UnknownNameError, match="There is none here"):
        made({}, tmp_path).read("SELECT 1")


def test_a_query_that_was_cut_says_so(tmp_path: Path) -> None:
    application = DatabaseApplication(address="sqlite:///:memory:", row_limit=2)
    with Database("FEW", application) as database:
        frame = made({"FEW": database}, tmp_path).read("SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3").frame

    assert frame.attrs["pycore"] == {"truncated": True, "limit": 2}


def test_a_statement_that_writes_is_refused(subjects: Subjects) -> None:
    with pytest.raises(QueryError):
        subjects.read("ONE: WITH one AS (SELECT 1) DELETE FROM plants")

    assert len(subjects.read("plants").frame) == 2


@pytest.mark.parametrize("as_path", [False, True])
def test_a_file_is_read_with_exact_types(
    subjects: Subjects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, as_path: bool
) -> None:
    (tmp_path / "here.csv").write_text("code,n\n007,1\n012,2\n")
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(b"code,n\n007,1\n"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "near.CSV").write_text("code\n001\n")

    for name, codes in {"here.csv": ["007", "012"], "packed.csv.gz": ["007"], "near.CSV": ["001"]}.items():
        subject = subjects.read(Path(name) if as_path else name)
        assert (subject.name, subject.frame["code"].tolist()) == (name, codes)


def test_the_columns_of_a_file_are_called_as_in_the_file(subjects: Subjects, tmp_path: Path) -> None:
    (tmp_path / "goods.csv").write_text("Größe,Preis in €\n7,1.5\n", encoding="utf-8")

    assert subjects.read("goods.csv").frame.columns.tolist() == ["Größe", "Preis in €"]


def test_a_file_may_have_the_name_of_a_database(subjects: Subjects, tmp_path: Path) -> None:
    (tmp_path / "ONE.csv").write_text("code\n001\n")

    assert subjects.read("ONE.csv").frame["code"].tolist() == ["001"]


def test_a_long_text_that_is_no_query_is_refused_at_once(subjects: Subjects) -> None:
    with pytest.raises(UnknownNameError, match="No data set or table is called"):
        subjects.read("/* a */ " * 2000 + "irsi")


def test_a_file_that_is_none_says_why(subjects: Subjects, tmp_path: Path) -> None:
    (tmp_path / "cut.csv").write_text("a,b\n1\n")

    with pytest.raises(DatasetError, match=r"no file missing\.csv"):
        subjects.read("missing.csv")
    with pytest.raises(DatasetError, match="cannot be read"):
        subjects.read(f"{'long' * 2000}.csv")
    with pytest.raises(DatasetError, match=r"x\.parquet.*DataFrame"):
        subjects.read(Path("x.parquet"))
    with pytest.raises(DatasetValidationError, match="line 2: 1 fields, expected 2"):
        subjects.read("cut.csv")


def test_rows_are_taken_as_they_are(subjects: Subjects) -> None:
    frame = pd.DataFrame({"a": [1, 2]})

    assert subjects.read(frame).frame is frame
    assert subjects.read(pd.Series([1.5], name="width")).frame.columns.tolist() == ["width"]
    assert subjects.read(pd.Series([1.5])).frame.columns.tolist() == ["value"]


@pytest.mark.parametrize(
    ("said", "name"), [("sales\nof May", "sales of May"), (None, "DataFrame"), ("  ", "DataFrame"), (5, "DataFrame")]
)
def test_rows_are_called_what_they_say(subjects: Subjects, said: object, name: str) -> None:
    frame = pd.DataFrame({"a": [1, 2]})
    frame.attrs["name"] = said

    assert subjects.read(frame).name == name


@pytest.mark.parametrize("source", [[1, 2], None, 3, {"a": [1]}, b"iris"])
def test_what_holds_no_rows_is_told_what_does(subjects: Subjects, source: object) -> None:
    with pytest.raises(DatasetError, match="explore takes a data set, a table"):
        subjects.read(source)


def test_a_misspelt_name_is_answered_with_the_nearest(subjects: Subjects) -> None:
    with pytest.raises(UnknownNameError) as caught:
        subjects.read("Flower")

    text = str(caught.value)
    assert "No data set or table is called 'Flower'. Did you mean 'flowers'?" in text
    assert "Data sets: days, flowers. Tables: " in text
    assert "plants" in text
    assert "SELECT" in text
    assert {"flowers", "days", "plants", "shared"} < set(caught.value.known)


def test_of_many_tables_the_error_names_some(tmp_path: Path) -> None:
    with Database("MANY", DatabaseApplication(address="sqlite:///:memory:")) as database:
        for number in range(20):
            database.load_csv(io.StringIO("a\n1\n"), f"t{number:02}")

        with pytest.raises(UnknownNameError, match=r"t00, .*, t11 and 8 more") as caught:
            made({"MANY": database}, tmp_path).read("t5")

    assert "t05" in str(caught.value).partition("Data sets")[0]


@pytest.mark.parametrize("source", ["plants", "ONE.plants"])
def test_only_data_sets_and_queries_have_parameters(subjects: Subjects, source: str) -> None:
    with pytest.raises(UnknownNameError, match="No parameter is called 'limit'"):
        subjects.read(source, {"limit": 3})


def test_a_database_that_is_away_hides_no_table_of_another(databases: dict[str, Database], tmp_path: Path) -> None:
    address = f"mysql+pymysql://127.0.0.1:{free_port()}/stocks"
    with Database("AWAY", DatabaseApplication(address=address, user="nobody", connect_timeout_s=1)) as away:
        subjects = made({"AWAY": away, **databases}, tmp_path)

        assert len(subjects.read("plants").frame) == 2
        with pytest.raises(UnknownNameError, match="Not asked, because it does not answer: AWAY"):
            subjects.read("plant")
        with pytest.raises(ServiceUnavailableError):
            subjects.read("AWAY.plants")


@pytest.mark.parametrize(
    ("source", "name", "expected"),
    [
        ("days", "targt", "No parameter is called 'targt': days has none. Did you mean target?"),
        ("days", "limit", "No parameter is called 'limit': days has none."),
        ("flowers", "mots", "No parameter is called 'mots': flowers has most. Did you mean most?"),
        ("plants", "themes", ": only data sets and queries have parameters. Did you mean theme?"),
        ("ONE: SELECT 1", "Target", ": the query has none of that name. Did you mean target?"),
    ],
)
def test_a_misspelt_parameter_is_answered_with_the_nearest(
    subjects: Subjects, source: str, name: str, expected: str
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        subjects.read(source, {name: "species"})

    assert str(caught.value).endswith(expected)
    assert caught.value.kind == "parameter"


def test_a_parameter_of_a_query_may_be_called_nearly_as_an_option(subjects: Subjects) -> None:
    assert subjects.read("ONE: SELECT :targets AS n", {"targets": 3}).frame["n"].tolist() == [3]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("DELETE FROM plants", "must read, and begins with DELETE; write with"),
        ("drop table plants", "must read, and begins with DROP; write with"),
        ("SELEC * FROM plants", "begins with SELEC, which .*did you mean SELECT"),
        ("(selct width\nfrom plants)", "begins with SELCT, which .*did you mean SELECT"),
    ],
)
def test_a_statement_that_does_not_read_is_answered_as_one(subjects: Subjects, statement: str, expected: str) -> None:
    for place in ("", "ONE: ", "ONE:"):
        with pytest.raises(QueryError, match=expected):
            subjects.read(place + statement)

    assert len(subjects.read("plants").frame) == 2


def test_a_table_may_be_called_as_a_statement_begins(databases: dict[str, Database], subjects: Subjects) -> None:
    databases["TWO"].load_csv(io.StringIO(FLOWERS), "update log")

    assert len(subjects.read("update log").frame) == len(subjects.read("TWO.update log").frame) == 2


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("ONEE.plants", " Did you mean 'ONE.plants'?"),
        ("one: plants", " Did you mean 'ONE:plants'?"),
        ("ONEE.plamts", " Did you mean 'ONE.plants'?"),
        ("OTHER.plants", " Did you mean 'ONE.plants'?"),
        ("OTHER.shared", " Did you mean 'ONE.shared' or 'TWO.shared'?"),
        ("ONEE: SELECT * FROM plants", " Did you mean 'ONE: SELECT * FROM plants'?"),
        ("OTHER: SELECT * FROM plants", ""),
    ],
)
def test_a_misspelt_database_is_answered_with_the_nearest(subjects: Subjects, source: str, meant: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        subjects.read(source)

    name = source.partition(":" if ":" in source else ".")[0]
    assert str(caught.value) == f"No database is called {name!r}.{meant} Databases: ONE, TWO."


def test_a_file_that_is_no_csv_is_told_from_an_unknown_name(subjects: Subjects, tmp_path: Path) -> None:
    (tmp_path / "semi.txt").write_text("a;b\n")
    (tmp_path / "folder").mkdir()

    for name in ("semi.txt", str(tmp_path / "semi.txt")):
        with pytest.raises(DatasetError, match=r"semi\.txt cannot be explored: explore reads CSV files .*DataFrame"):
            subjects.read(name)
    for name in ("folder", str(tmp_path)):
        with pytest.raises(DatasetError, match="is a folder"):
            subjects.read(name)
    with pytest.raises(UnknownNameError, match=r"No data set or table is called 'none\.txt'"):
        subjects.read("none.txt")
    with pytest.raises(DatasetError, match="no file ~nobody-at-all/"):
        subjects.read("~nobody-at-all/a.csv")


@pytest.mark.parametrize(("source", "kind"), [(3, "An int"), (uuid.UUID(int=1), "A UUID"), ([1], "A list")])
def test_a_type_has_its_article(subjects: Subjects, source: object, kind: str) -> None:
    with pytest.raises(DatasetError, match=f"^{kind} cannot be explored: explore takes"):
        subjects.read(source)
