"""What the documentation says of types is what the code does."""

from pathlib import Path
from typing import get_args

import pandas as pd
import pytest
from suites.documented_types import documented_types

from pycore.config.models import DatabaseApplication
from pycore.database import Database
from pycore.database.arrays import to_array
from pycore.database.postgresql import _KINDS
from pycore.database.types import PANDAS, Kind, ResultColumn


@pytest.mark.parametrize("kind", sorted(set(get_args(Kind)) - {"any"}))
@pytest.mark.parametrize("nullable", [False, True])
def test_a_kind_has_its_type_in_pandas(kind: Kind, nullable: bool) -> None:
    series = pd.Series(to_array(ResultColumn("a", kind, nullable, ""), []))

    assert str(series.dtype) == PANDAS[kind][nullable]


@pytest.mark.parametrize(("declared", "without", "nullable"), documented_types("SQLite"))
def test_a_declared_type_of_sqlite_has_the_type_that_is_documented(
    tmp_path: Path, declared: str, without: str, nullable: str
) -> None:
    (tmp_path / "a.db").touch()
    with Database("STOCKS", DatabaseApplication(address=f"sqlite:///{tmp_path / 'a.db'}")) as database:
        with database.session() as session:
            session.connection().exec_driver_sql(f"CREATE TABLE t (a {declared} NOT NULL, b {declared})")

        frame = database.extract("SELECT a, b FROM t")

    assert [str(dtype) for dtype in frame.dtypes] == [without, nullable]


def test_every_type_of_postgresql_is_documented() -> None:
    documented = {name: (without, nullable) for name, without, nullable in documented_types("PostgreSQL")}

    assert documented == {name: PANDAS[kind] for name, kind in _KINDS.items()}
