"""The tables that are extracted: prices, and a few rows of the types that others find hard."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pyarrow as pa
import pyarrow.csv
from suites.mariadb import MariaDB

from benchmarks.frames import prices
from pycore.config.models import DatabaseApplication
from pycore.config.secrets import Secret
from pycore.database import Database

__all__ = ["AWKWARD", "Source", "fill", "statement"]

USER = "analyst"
AWKWARD = "SELECT unsigned_null, integer_null, amount, at, text_null FROM awkward ORDER BY id"
SETTINGS = {"innodb_buffer_pool_size": 2**30, "innodb_log_file_size": 2**29}  # a server that was set up for its work

CREATE = (
    """CREATE TABLE stocks.prices (id INT NOT NULL PRIMARY KEY, date DATE NOT NULL, ticker VARCHAR(8) NOT NULL,
    open DOUBLE NOT NULL, high DOUBLE NOT NULL, low DOUBLE NOT NULL, close DOUBLE NOT NULL,
    adj_close DOUBLE NOT NULL, volume BIGINT NOT NULL)""",
    """CREATE TABLE stocks.awkward (id INT NOT NULL PRIMARY KEY, unsigned_null BIGINT UNSIGNED, integer_null INT,
    amount DECIMAL(30,10), at DATETIME(6), text_null VARCHAR(20) CHARACTER SET utf8mb4)""",
    """INSERT INTO stocks.awkward VALUES
    (1, 18446744073709551615, -1, 12345678901234567890.0123456789, '2013-03-01 14:05:00.000001', 'Zürich 🚲'),
    (2, NULL, NULL, NULL, NULL, NULL),
    (3, 9007199254740993, 2147483647, 0, '9999-12-31 23:59:59', '')""",
)


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the prices are, and how to get at them."""

    host: str
    port: int
    user: str
    database: str
    password: str = field(repr=False)

    def url(self, scheme: str) -> str:
        """Return the address with the password in it, as others want it."""
        return f"{scheme}://{self.user}:{quote_plus(self.password)}@{self.host}:{self.port}/{self.database}"

    def open(self) -> Database:
        """Return it as a database of ours; the caller closes it."""
        address = f"mysql+pymysql://{self.host}:{self.port}/{self.database}"
        application = DatabaseApplication.model_validate({"address": address, "user": self.user})
        return Database("STOCKS", application, password=lambda: Secret(self.password))

    def as_json(self) -> dict[str, Any]:
        """Return what a fresh process is told."""
        return asdict(self)


def statement(n_rows: int) -> str:
    """Return the statement that reads the first `n_rows` prices, in order."""
    return (
        f"SELECT date, ticker, open, high, low, close, adj_close, volume FROM prices WHERE id < {n_rows:d} ORDER BY id"
    )


def fill(server: MariaDB, n_rows: int) -> Source:
    """Make both tables and return who may read them; the prices are those of :func:`benchmarks.frames.prices`."""
    server.execute(*(f"SET GLOBAL {name} = {value}" for name, value in SETTINGS.items()), *CREATE)
    file = server.folder / "prices.csv"
    _write(file, n_rows)
    server.execute(
        "SET unique_checks = 0",  # both let an empty table be filled without a log of each row
        "SET foreign_key_checks = 0",
        f"""LOAD DATA INFILE '{file}' INTO TABLE stocks.prices CHARACTER SET utf8mb4
        FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"'""",
        "ANALYZE TABLE stocks.prices",
    )
    file.unlink()
    password = secrets.token_hex(8)  # plain letters: not every peer can say others
    server.execute(f"CREATE USER {USER}@'%' IDENTIFIED BY '{password}'", f"GRANT SELECT ON stocks.* TO {USER}@'%'")
    return Source(host=server.host, port=server.port, user=USER, database=server.database, password=password)


def _write(file: Path, n_rows: int) -> None:
    """Write the prices as the server reads them fastest."""
    table = pa.Table.from_pandas(prices(n_rows), preserve_index=False)
    table = table.set_column(0, "date", table["date"].cast(pa.date32()))
    table = table.add_column(0, "id", pa.array(range(n_rows), pa.int32()))
    pyarrow.csv.write_csv(table, file, pyarrow.csv.WriteOptions(include_header=False))
