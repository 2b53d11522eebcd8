from decimal import Decimal
from typing import Any

import pytest

from pycore.database.fields import FieldReader, TypeGuess
from pycore.database.schema import ColumnSchema, ColumnType


@pytest.mark.parametrize(
    ("fields", "kind", "nullable"),
    [
        (["1", "-5", "9223372036854775807"], "bigint", False),
        (["1", "", "3"], "bigint", True),
        (["18446744073709551615", "0"], "ubigint", False),
        (["18446744073709551616"], "decimal", False),
        (["-1", "18446744073709551615"], "decimal", False),
        (["1.5", "2", "1e3"], "double", False),
        (["0.30000000000000004"], "double", False),
        (["0.1234567890123456789"], "decimal", False),
        (["9007199254740993", "0.5"], "decimal", False),
        (["2013-03-01", "1999-12-31"], "date", False),
        (["2013-02-30"], "text", False),
        (["2013-03-01 14:05:00", "2013-03-01T14:05:00.5"], "datetime", False),
        (["true", "False"], "boolean", False),
        (["0", "1"], "bigint", False),
        (["007"], "text", False),
        (["+1"], "text", False),
        (["1_000"], "text", False),
        (["nan"], "text", False),
        (["a", "1"], "text", False),
        (["", ""], "text", True),
        ([], "text", True),
        (["1e999"], "text", False),
        (["1e-99999999999999999999"], "text", False),
        (["١٢٣"], "text", False),
        (["٢٠١٣-٠٣-٠١"], "text", False),
    ],
)
def test_the_narrowest_type_that_holds_every_field_exactly(fields: list[str], kind: str, nullable: bool) -> None:
    guess = TypeGuess("c")
    for field in fields:
        guess.see(field)

    assert (guess.column().type, guess.column().nullable) == (kind, nullable)


def test_a_decimal_gets_the_digits_it_needs() -> None:
    guess = TypeGuess("c")
    for field in ("123.4", "0.1234567890123456789"):
        guess.see(field)

    assert (guess.column().precision, guess.column().scale) == (22, 19)


@pytest.mark.parametrize(
    ("kind", "field", "expected"),
    [
        ("integer", "-2147483648", -(2**31)),
        ("bigint", "+5", 5),
        ("double", ".5", 0.5),
        ("text", "a b ", "a b "),
        ("date", "2013-03-01", "2013-03-01"),
        ("datetime", "2013-03-01T14:05", "2013-03-01 14:05"),
        ("boolean", "TRUE", True),
        ("boolean", "0", False),
        ("decimal", "1.10", Decimal("1.10")),
        ("bigint", "", None),
    ],
)
def test_a_field_becomes_a_value(kind: ColumnType, field: str, expected: Any) -> None:
    assert FieldReader(ColumnSchema(name="c", type=kind), "mysql")(field) == expected


@pytest.mark.parametrize(
    ("column", "field"),
    [
        (ColumnSchema(name="c", type="integer"), "2147483648"),
        (ColumnSchema(name="c", type="bigint"), "1.0"),
        (ColumnSchema(name="c", type="ubigint"), "-1"),
        (ColumnSchema(name="c", type="double"), "inf"),
        (ColumnSchema(name="c", type="double"), "1e999"),
        (ColumnSchema(name="c", type="date"), "20130301"),
        (ColumnSchema(name="c", type="date"), "29-Jul-16"),
        (ColumnSchema(name="c", type="datetime"), "2013-03-01T14:05:00Z"),
        (ColumnSchema(name="c", type="boolean"), "yes"),
        (ColumnSchema(name="c", type="decimal", precision=4, scale=2), "1.234"),
        (ColumnSchema(name="c", type="decimal", precision=4, scale=2), "123.4"),
        (ColumnSchema(name="c", type="text", length=2), "abc"),
        (ColumnSchema(name="c", type="bigint", nullable=False), ""),
    ],
)
def test_a_field_that_does_not_fit_is_refused(column: ColumnSchema, field: str) -> None:
    with pytest.raises(ValueError, match=r"form|range|length|missing|day"):
        FieldReader(column, "mysql")(field)


def test_an_empty_field_is_text_where_no_text_may_be_missing() -> None:
    assert FieldReader(ColumnSchema(name="c", type="text", nullable=False), "sqlite")("") == ""


@pytest.mark.parametrize(("kind", "field"), [("decimal", "1.10"), ("ubigint", "18446744073709551615")])
def test_sqlite_keeps_as_text_what_it_would_round(kind: ColumnType, field: str) -> None:
    assert FieldReader(ColumnSchema(name="c", type=kind), "sqlite")(field) == field
