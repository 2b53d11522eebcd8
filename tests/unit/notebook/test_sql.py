"""What ``%sql`` and ``%%sql`` promise, on a database in a file and without a cache."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.error import UsageError
from suites.environments import write_environment

from pycore.exceptions import QueryError, UnknownNameError

ROWS = "symbol,day,close\nIBM,2013-03-01,202.91\nIBM,2013-02-28,200.83\nMSFT,2013-03-01,27.95\n"


@pytest.fixture
def notebook(shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """A shell with pycore and the one database STOCKS, which has a table of three prices."""
    address = f"sqlite:///{tmp_path / 'stocks.sqlite'}"
    (tmp_path / "stocks.sqlite").touch()
    (tmp_path / "rows.csv").write_text(ROWS)
    for name, value in write_environment(tmp_path, databases={"STOCKS": {"address": address}}, redis={}).items():
        monkeypatch.setenv(name, value)
    shell.run_cell("%load_ext pycore")
    shell.user_ns["core"].databases["STOCKS"].load_csv(tmp_path / "rows.csv", "prices")
    capsys.readouterr()
    return shell


def answer(notebook: Any, source: str) -> Any:
    """Return what a cell shows as its value."""
    ran = notebook.run_cell(source)
    ran.raise_error()
    return ran.result


def test_a_line_is_answered_by_a_data_frame(notebook: Any, capsys: pytest.CaptureFixture[str]) -> None:
    frame = answer(notebook, "%sql SELECT symbol, close FROM prices ORDER BY close")

    assert frame["close"].tolist() == [27.95, 200.83, 202.91]
    shown = capsys.readouterr().out
    assert "3 rows from STOCKS in" in shown
    assert "27.95" in shown


def test_a_cell_is_answered_and_kept_under_its_name(notebook: Any) -> None:
    frame = answer(notebook, "%%sql STOCKS ibm <<\nSELECT close\nFROM prices\nWHERE symbol = 'IBM' ORDER BY day;\n")

    assert frame["close"].tolist() == [200.83, 202.91]
    assert notebook.user_ns["ibm"] is frame
    assert answer(notebook, "_") is frame


def test_a_line_is_a_value_in_python(notebook: Any) -> None:
    answer(notebook, "n = %sql SELECT count(*) AS n FROM prices")

    assert notebook.user_ns["n"]["n"].item() == 3


def test_variables_are_bound(notebook: Any) -> None:
    notebook.run_cell("import numpy as np, datetime\nsymbol, at_least = 'IBM', np.float64(202)\n")

    frame = answer(notebook, "%sql SELECT close FROM prices WHERE symbol = :symbol AND close >= :at_least")

    assert frame["close"].tolist() == [202.91]


def test_those_of_a_function_come_first(notebook: Any) -> None:
    notebook.run_cell("symbol = 'IBM'\ndef of(symbol):\n    found = %sql SELECT :symbol AS symbol\n    return found\n")

    assert answer(notebook, "of('MSFT')")["symbol"].item() == "MSFT"


def test_text_is_never_put_into_the_statement(notebook: Any) -> None:
    notebook.run_cell("symbol = \"x' OR '1'='1\"\nx = 'prices'\n")

    assert len(answer(notebook, "%sql SELECT * FROM prices WHERE symbol = :symbol")) == 0
    frame = answer(notebook, "%sql SELECT '{x} {{x}} $x $$x %s :x' AS text")
    assert frame["text"].item() == "{x} {{x}} $x $$x %s :x"
    frame = answer(notebook, "%%sql --out y\nSELECT '{x} $x' AS text")
    assert frame["text"].item() == "{x} $x"
    with pytest.raises(QueryError):
        answer(notebook, "%sql SELECT * FROM {x}")


def test_a_cut_is_said_once(
    notebook: Any, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    answer(notebook, "%%sql --limit 2\nSELECT * FROM prices")
    assert capsys.readouterr().out.casefold().count("cut at") == 1
    assert "cut" not in caplog.text

    notebook.user_ns["core"].databases["STOCKS"].extract("SELECT * FROM prices", limit=2)
    assert "cut at the limit of 2 rows" in caplog.text


def test_a_cut_result_says_so(notebook: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(answer(notebook, "%sql --limit 2 SELECT * FROM prices")) == 2
    assert "Cut at 2 rows" in capsys.readouterr().out

    assert len(answer(notebook, "%sql --limit 3 SELECT * FROM prices")) == 3
    assert len(answer(notebook, "%sql --no-limit SELECT * FROM prices")) == 3
    assert "Cut" not in capsys.readouterr().out


def test_a_midnight_that_sqlite_would_compare_as_text_is_pointed_out(
    notebook: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook.run_cell("import pandas as pd\nday = pd.Timestamp('2013-03-01')\n")

    assert len(answer(notebook, "%sql SELECT * FROM prices WHERE day = :day")) == 0
    assert "bind day.date()" in capsys.readouterr().out

    notebook.run_cell("day = day.date()\n")
    assert len(answer(notebook, "%sql SELECT * FROM prices WHERE day = :day")) == 2
    assert "bind" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("source", "kind", "said"),
    [
        ("%sql", UsageError, "There is no statement"),
        ("%%sql\n", UsageError, "cell body is empty"),
        ("%sql --limt 5 SELECT 1", UsageError, "Did you mean --limit"),
        ("%sql STOKS SELECT 1", UnknownNameError, "Did you mean 'STOCKS'"),
        ("%sql SELECT :nope", QueryError, "define nope"),
        ("%%sql\nSELECT :In", QueryError, ":In is a list"),
        ("%sql DROP TABLE prices", QueryError, "must read"),
        ("%sql SELECT 1; SELECT 2", QueryError, "more than one statement"),
        ("%sql SELECT * FROM nothing", QueryError, "nothing"),
    ],
)
def test_an_error_is_a_line_without_a_traceback(
    notebook: Any, capsys: pytest.CaptureFixture[str], source: str, kind: type[Exception], said: str
) -> None:
    ran = notebook.run_cell(source)

    assert isinstance(ran.error_in_exec, kind), "what runs the notebook must see that the cell failed"
    shown = "".join(capsys.readouterr())
    assert said in shown
    assert "Traceback" not in shown
    assert "/pycore/" not in shown
    assert len([line for line in shown.splitlines() if line and "%tb" not in line]) == 1


def test_a_misspelt_magic_is_not_sent_to_anybody(notebook: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "pycore")

    notebook.run_cell("%sql --limt 5 SELECT 1")

    notebook.user_ns["core"].close()
    assert not [record for record in caplog.records if record.name.startswith("pycore.notify")]


def test_an_answer_that_fails_leaves_the_name_alone(notebook: Any) -> None:
    notebook.run_cell("ibm = 'as before'\n")

    notebook.run_cell("%sql ibm << SELECT * FROM nothing")

    assert notebook.user_ns["ibm"] == "as before"


def test_without_a_cache_the_rows_come_all_the_same(notebook: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(answer(notebook, "%sql --cache key SELECT * FROM prices")) == 3
    assert "Not kept: the environment Own has no cache." in capsys.readouterr().out


def test_where_there_is_no_database_the_magic_says_how_to_go_on(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("%load_ext pycore")

    shell.run_cell("%sql SELECT 1")

    assert "The environment NoApps has no database: %pycore NAME changes" in capsys.readouterr().err


def test_one_of_several_databases_has_to_be_named(
    shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    memory = {"address": "sqlite:///:memory:"}
    chosen = write_environment(tmp_path, databases={"STOCKS": memory, "ARCHIVE": memory}, redis={})
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)
    shell.run_cell("%load_ext pycore")

    shell.run_cell("%sql SELECT 1 AS one")
    assert "Name one of ARCHIVE, STOCKS" in capsys.readouterr().err
    assert answer(shell, "%sql ARCHIVE SELECT 1 AS one")["one"].item() == 1


@pytest.mark.parametrize("asked", ["%sql --help", "%%sql --help\nSELECT 1", "%sql -h"])
def test_help_is_an_option_too(notebook: Any, capsys: pytest.CaptureFixture[str], asked: str) -> None:
    notebook.run_cell(asked).raise_error()

    shown = capsys.readouterr().out
    assert "[DATABASE] [OPTIONS] STATEMENT" in shown
    assert "--no-limit" in shown


def test_help_says_how_it_is_written(notebook: Any, capsys: pytest.CaptureFixture[str]) -> None:
    notebook.run_cell("%%sql?")

    shown = capsys.readouterr().out
    assert all(word in shown for word in ("%%sql", "--out", "--cache", "--ttl", "--refresh", "--limit", "--no-limit"))
    assert ":name" in shown


@pytest.mark.parametrize(
    ("typed", "offered"), [("%sql S", "STOCKS"), ("%%sql S", "STOCKS"), ("%sql STOCKS --l", "--limit")]
)
def test_tab_completes_databases_and_options(notebook: Any, typed: str, offered: str) -> None:
    notebook.Completer.use_jedi = False  # it takes seconds to look into Python, where there is none
    with provisionalcompleter():
        found = [one.text for one in notebook.Completer.completions(typed, len(typed))]

    assert offered in found


def test_unloading_takes_the_magics_away(notebook: Any) -> None:
    notebook.run_cell("%unload_ext pycore")

    assert "sql" not in notebook.magics_manager.magics["line"]
    assert "sql" not in notebook.magics_manager.magics["cell"]
    notebook.Completer.use_jedi = False
    with provisionalcompleter():
        assert "STOCKS" not in [one.text for one in notebook.Completer.completions("%sql S", 6)]


def test_what_pandas_shows_is_what_came(notebook: Any) -> None:
    frame = answer(notebook, "%sql SELECT day FROM prices WHERE symbol = 'MSFT'")

    assert frame["day"].item() == pd.Timestamp("2013-03-01")
