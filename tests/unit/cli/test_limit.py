"""``pycore db extract --limit``: a result that was cut says so, and how to get more; a whole one says nothing."""

from pathlib import Path

import pytest
from suites.command_line import Clone, called

from pycore.config.models import DatabaseApplication

EXTRACT = ("-e", "JustDB", "db", "extract", "VALUES (1), (2), (3)", "--to", "csv")


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A clone with a database, in which there is nothing."""
    made = Clone.made_in(tmp_path / "clone")
    (made.root / "data").mkdir()
    (made.root / "data" / "stocks.sqlite").touch()
    return made


@pytest.mark.parametrize("limit", [1, 2])
def test_a_result_that_was_cut_says_so_and_how_to_get_more(clone: Clone, limit: int) -> None:
    outcome = clone(*EXTRACT, "--limit", str(limit))

    assert outcome.stdout.count("\n") == 1 + limit
    assert f"Cut at --limit {limit}: there are more rows; a higher --limit or --all returns them." in outcome.stderr


@pytest.mark.parametrize("words", [("--limit", "3"), ("--limit", "4"), ("--all",)])
def test_a_whole_result_is_not_said_to_be_cut(clone: Clone, words: tuple[str, ...]) -> None:
    outcome = clone(*EXTRACT, *words)

    assert outcome.stdout.count("\n") == 4
    assert "Cut" not in outcome.stderr


def test_a_limit_of_a_whole_batch_is_cut_only_where_there_are_more(clone: Clone) -> None:
    rows = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 50001) SELECT n FROM r"
    words = ("-e", "JustDB", "db", "extract", rows, "--to", "csv", "--limit")

    assert "Cut at --limit 50000" in clone(*words, "50000").stderr
    assert "Cut" not in clone(*words, "50001").stderr


def test_the_help_names_the_limit_that_holds_without_one() -> None:
    default = DatabaseApplication.model_fields["row_limit"].default

    assert str(default) in called("db", "extract", "--help").stdout
