"""Bounds of a reading are numbers, or an error that names the argument, before anything is read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pycore.config.models import DatabaseApplication
from pycore.database import Database
from pycore.exceptions import QueryError

ROWS = "VALUES (1), (2), (3)"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    (tmp_path / "stocks.db").touch()
    with Database("STOCKS", DatabaseApplication(address=f"sqlite:///{tmp_path / 'stocks.db'}")) as opened:
        yield opened


@pytest.mark.parametrize("value", ["1GB", "banana", 1.5, True, np.True_, [1], -1])
@pytest.mark.parametrize(("name", "example"), [("max_bytes", r"max_bytes=2\*\*30"), ("limit", "limit=1000")])
def test_a_bound_that_is_no_number_is_refused_by_name(database: Database, name: str, example: str, value: Any) -> None:
    found = "-1" if value == -1 else f"a {type(value).__name__}"

    with pytest.raises(QueryError, match=rf"^{name} is a number of .*{example}.* not {found}\.$"):
        database.extract(ROWS, **{name: value})


@pytest.mark.parametrize("value", ["5", 1.5, True, None, 0])
def test_rows_of_a_frame_that_are_no_number_are_refused(database: Database, value: Any) -> None:
    with pytest.raises(QueryError, match=r"^rows is the number of rows of a frame"):
        database.stream(ROWS, rows=value)


@pytest.mark.parametrize("number", [2, np.int64(2), np.uint8(2)])
def test_an_integer_of_any_kind_is_a_number(database: Database, number: Any) -> None:
    max_bytes: Any = np.int64(2**30)

    assert len(database.extract(ROWS, limit=number, max_bytes=max_bytes)) == 2
    assert [len(frame) for frame in database.stream(ROWS, rows=number)] == [2, 1]
