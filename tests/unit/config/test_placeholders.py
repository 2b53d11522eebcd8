"""The parameters that a statement names: never what is quoted, a comment, a cast or a time."""

from __future__ import annotations

import time

import pytest

from pycore.config.placeholders import named_parameters

SQLITE, MYSQL, POSTGRESQL = range(3)


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("SELECT :a, :b_2,:a", {"a", "b_2"}),
        ("SELECT * FROM t WHERE x=:a;", {"a"}),
        ("SELECT '12:30', '12:no', ':no', 'it''s :no' WHERE a = :a", {"a"}),
        ('SELECT ":no" AS "a "":no", :a', {"a"}),
        ("SELECT 1 -- :no\nLIMIT :a -- :no", {"a"}),
        ("SELECT /* :no\n ' * / */ :a /* :no", {"a"}),
        ("SELECT :a::date, b::text", {"a"}),
        ("SELECT x := :a", {"a"}),
        ("SELECT 12:30, :2, : b, :ümlaut", set()),
        ("SELECT ':no", set()),
        ("", set()),
    ],
)
def test_every_server_reads_the_same_names(statement: str, names: set[str]) -> None:
    assert [set(found) for found in named_parameters(statement)] == [names] * 3


@pytest.mark.parametrize(
    ("server", "statement", "names"),
    [
        (SQLITE, "SELECT 'C:\\', :a, [b :no]", {"a"}),
        (MYSQL, r"""SELECT 'it\'s :no', "a\" :no", `:no`, :a # :no""", {"a"}),
        (MYSQL, "SELECT 5--:a -- :no", {"a"}),
        (POSTGRESQL, r"SELECT E'it\'s :no', 'C:\', $$':no$$, $x$ $$ :no $x$, :a", {"a"}),
        (POSTGRESQL, "SELECT array[:a]", {"a"}),
    ],
)
def test_each_server_quotes_in_its_own_way(server: int, statement: str, names: set[str]) -> None:
    assert set(named_parameters(statement)[server]) == names


@pytest.mark.parametrize("piece", ["'", '"', "/*", "--", "$$", "[", "\\", "E'", ":", "$a"])
def test_a_long_text_is_read_once(piece: str) -> None:
    began = time.process_time()

    named_parameters(piece * 200_000)

    assert time.process_time() - began < 5
