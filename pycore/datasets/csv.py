"""CSV files read strictly: every fault with its line, no value in any message.

Read are UTF-8 with or without a byte order mark, plain or gzip, commas between fields, a header line. Column names come
out as lower case words, ``Adj Close`` as ``adj_close``, but for :func:`read_as_titled`.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from pycore.datasets import cells, dialect
from pycore.exceptions import DatasetError, DatasetValidationError

__all__ = ["PRICE_COLUMNS", "parse_csv", "parse_prices", "read_as_titled", "read_csv", "read_prices"]

Order = Literal["newest", "oldest", "file"]

PRICE_COLUMNS = ("date", "open", "high", "low", "close", "volume")
_SHOWN = 5
_MISSING = frozenset({""})
_MISSING_PRICES = frozenset({"", "-", "null", "none", "None", "N/A"})


@dataclass(frozen=True, kw_only=True)
class _Table:
    """The fields of a file as text, by column, with the line each row stands on."""

    name: str
    columns: dict[str, Sequence[str]]
    lines: Sequence[int]


def read_csv(
    path: Path | str,
    *,
    required: Collection[str] = (),
    dates: Sequence[str] = (),
    ignore: Collection[str] = (),
    order: Order = "file",
) -> pd.DataFrame:
    """Return the rows of a CSV file, each column with the narrowest type that all its values fit.

    Parameters
    ----------
    path : path
        The file; ``.gz`` is unpacked.
    required : collection of str
        Columns that must be there.
    dates : sequence of str
        Columns that must be there and hold nothing but dates (``2016-07-29``, ``29-Jul-16``); the first one orders
        the rows.
    ignore : collection of str
        Columns to leave out.
    order : {"file", "newest", "oldest"}
        The order of the rows; "file" keeps that of the file.

    Raises
    ------
    DatasetError
        There is no such file, or it cannot be read.
    DatasetValidationError
        The file is not CSV, or breaks a rule above; `failures` has each fault with its line.
    """
    path = Path(path)
    return parse_csv(_content(path), name=path.name, required=required, dates=dates, ignore=ignore, order=order)


def parse_csv(
    content: bytes,
    *,
    name: str,
    required: Collection[str] = (),
    dates: Sequence[str] = (),
    ignore: Collection[str] = (),
    order: Order = "file",
) -> pd.DataFrame:
    r"""Return the rows in the bytes of a CSV file, as :func:`read_csv` does.

    Examples
    --------
    >>> parse_csv(b"\xef\xbb\xbfCode,Petal Length\n007,1.4\n012,\n", name="plants.csv")
      code  petal_length
    0  007           1.4
    1  012           NaN
    """
    table = _table(content, name)
    _require(table, [*required, *dates])
    failures: list[str] = []
    frame = {}
    for column, texts in table.columns.items():
        if column in dates:
            frame[column], misfits = cells.dates(texts, _MISSING)
            failures += _faults(table, misfits, f"{column} is no date such as 2016-07-29 or 29-Jul-16")
        elif column not in ignore:
            frame[column] = cells.guessed(texts, _MISSING)
    _refuse(name, sorted(failures, key=_line))
    return _ordered(pd.DataFrame(frame), dates[0] if dates else None, order)


def read_as_titled(path: Path | str) -> pd.DataFrame:
    r"""Return the rows of a CSV file as :func:`read_csv` does, with the column names that the file has.

    A column without one is called ``column_`` and its position.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "plants.csv")
    ...     _ = path.write_text("Größe,Preis in €\n7,1.5\n", encoding="utf-8")
    ...     read_as_titled(path)
       Größe  Preis in €
    0      7         1.5
    """
    path = Path(path)
    table = _table(_content(path), path.name, as_titled=True)
    return pd.DataFrame({title: cells.guessed(texts, _MISSING) for title, texts in table.columns.items()})


def read_prices(path: Path | str, *, order: Order = "newest") -> pd.DataFrame:
    """Return the daily prices of a CSV file.

    Parameters
    ----------
    path : path
        A file with the columns date, open, high, low, close and volume, in any order and spelling
        (``Adj Close``); others are kept. Dates as ``2016-07-29`` or ``29-Jul-16``, rows in any order.
    order : {"newest", "oldest", "file"}
        The order of the rows returned.

    Returns
    -------
    pandas.DataFrame
        ``date`` as datetime64[s], prices as float64, ``volume`` as int64 (Int64 where some are missing).

    Raises
    ------
    DatasetError
        There is no such file, or it cannot be read.
    DatasetValidationError
        The file is no CSV of daily prices; `failures` has each fault with its line.
    """
    path = Path(path)
    return parse_prices(_content(path), name=path.name, order=order)


def parse_prices(content: bytes, *, name: str, order: Order = "newest") -> pd.DataFrame:
    r"""Return the daily prices in the bytes of a CSV file, as :func:`read_prices` does.

    Examples
    --------
    >>> parse_prices(b"Date,Open,High,Low,Close,Volume\n29-Jul-16,1,2,1,2,300\n", name="spy.csv")
            date  open  high  low  close  volume
    0 2016-07-29   1.0   2.0  1.0    2.0     300
    """
    table = _table(content, name)
    _require(table, PRICE_COLUMNS)
    if not table.lines:
        _refuse(name, ["the file has a header and no rows"])
    failures: list[str] = []
    frame = {}
    for column, texts in table.columns.items():
        frame[column], misfits, rule = _price_column(column, texts)
        failures += _faults(table, misfits, f"{column} {rule}")
    negative = (frame["volume"] < 0).fillna(value=False).to_numpy("bool").nonzero()[0]
    failures += _faults(table, negative.tolist(), "volume is below zero")
    failures += _repeated(frame["date"], table)
    _refuse(name, sorted(failures, key=_line))
    return _ordered(pd.DataFrame(frame), "date", order)


def _price_column(name: str, texts: Sequence[str]) -> tuple[cells.Column, list[int], str]:
    """Return a typed column, the positions of the texts that do not fit, and the rule that they break."""
    missing = () if name == "close" else _MISSING_PRICES
    if name == "date":
        return *cells.dates(texts, ()), "is no date such as 2016-07-29 or 29-Jul-16"
    if name == "volume":
        return *cells.integers(texts, missing), "is no whole number"
    if name in {*PRICE_COLUMNS, "adj_close"}:
        return *cells.numbers(texts, missing), "is no number"
    return cells.guessed(texts, missing), [], ""


def _content(path: Path) -> bytes:
    """Return the bytes of a file, unpacked."""
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if path.suffix == ".gz" else content
    except FileNotFoundError as exc:
        raise DatasetError(f"There is no file {path}; `pycore fetch SYMBOL` writes prices to data/src.") from exc
    except (OSError, EOFError, zlib.error) as exc:
        reason = getattr(exc, "strerror", None) or "the gzip archive is damaged or cut off"
        raise DatasetError(f"{path} cannot be read: {reason}.") from exc


def _table(content: bytes, name: str, *, as_titled: bool = False) -> _Table:
    text = _decoded(content, name)
    start = text.lstrip()[:1]
    if not start:
        _refuse(name, ["the file is empty"])
    if start in {"<", "{"}:
        kind = "an HTML page" if start == "<" else "JSON"
        _refuse(name, [f"line 1: this is {kind}, not CSV"])
    if "\0" in text:
        _refuse(name, [f"line {text.count(chr(10), 0, text.index(chr(0))) + 1}: this is no text"])
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    try:
        # An empty line is no row: some editors leave one at the end.
        records.extend((reader.line_num, record) for record in reader if record)
    except csv.Error as exc:
        fault = _foreign(text) or f"line {reader.line_num}: the quotes of a field are wrong (cut off?)"
        raise DatasetValidationError(f"{name} cannot be used: {fault}.", failures=[fault]) from exc
    (_, header), *rows = records
    uneven = [(line, row) for line, row in rows if len(row) != len(header)]
    if (len(header) == 1 or uneven) and (fault := _foreign(text)):
        _refuse(name, [fault])
    names = _names(header, name, as_titled=as_titled)
    _refuse(name, [_cut(line, row, names) for line, row in uneven])
    columns = zip(*(row for _, row in rows), strict=True) if rows else ([] for _ in names)
    stripped = ([field.strip() for field in column] for column in columns)
    return _Table(name=name, columns=dict(zip(names, stripped, strict=True)), lines=[line for line, _ in rows])


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = content.count(b"\n", 0, exc.start) + 1
        encoding = dialect.encoding_of(content)
        call = dialect.pandas_call(content.decode(encoding, errors="replace"), encoding)
        fault = f"line {line}: this is not UTF-8 text; if it is {encoding}, {call} makes a DataFrame of it"
        raise DatasetValidationError(f"{name} cannot be read: {fault}.", failures=[fault]) from exc


def _foreign(text: str) -> str:
    """Return the fault of fields that something else than commas separates, with the way out; empty if commas do."""
    separator = dialect.separator_of(text)
    if not separator:
        return ""
    shown = "a tab" if separator == "\t" else f'"{separator}"'
    return (
        f'line 1: the separator looks like {shown}, expected ","; {dialect.pandas_call(text)} makes a DataFrame of it, '
        "which can be explored and cached"
    )


def _names(header: list[str], name: str, *, as_titled: bool) -> list[str]:
    """Return the column names, as they are or as lower case words."""
    titles = [title.strip() for title in header]
    if not as_titled:
        titles = [re.sub(r"\W+", "_", title.lower()).strip("_") for title in titles]
    names = [title or f"column_{position}" for position, title in enumerate(titles, 1)]
    # By position: where a file has no header, its first row stands here.
    twice = [position for position, column in enumerate(names, 1) if column in names[: position - 1]]
    _refuse(name, [f"line 1: column {position} has the name of an earlier one" for position in twice])
    return names


def _cut(line: int, row: list[str], names: list[str]) -> str:
    hint = " (cut off?)" if len(row) < len(names) else ""
    return f"line {line}: {len(row)} fields, expected {len(names)}{hint}"


def _require(table: _Table, names: Sequence[str]) -> None:
    lacking = [column for column in names if column not in table.columns]
    _refuse(table.name, [f"line 1: there is no column {column}" for column in lacking])


def _faults(table: _Table, misfits: Sequence[int], rule: str) -> list[str]:
    return [f"line {table.lines[position]}: {rule}" for position in misfits]


def _repeated(days: cells.Column, table: _Table) -> list[str]:
    """Return the faults of days that stand on two lines, of one share where a file has several."""
    rows = pd.DataFrame({"day": days, "symbol": table.columns.get("symbol", ""), "line": table.lines})
    rows = rows[days.notna()]
    rows["before"] = rows.groupby(["day", "symbol"])["line"].transform("min")
    again = rows[rows["line"] != rows["before"]]
    return [f"line {row.line}: the date of line {row.before} again" for row in again.itertuples()]


def _line(failure: str) -> int:
    return int(re.findall(r"line (\d+)", failure)[0])


def _refuse(name: str, failures: Sequence[str]) -> None:
    """Raise with all `failures`, if there are any."""
    if not failures:
        return
    shown = "; ".join(failures[:_SHOWN])
    more = f"; and {len(failures) - _SHOWN} more" if len(failures) > _SHOWN else ""
    raise DatasetValidationError(f"{name} cannot be used: {shown}{more}.", failures=list(failures))


def _ordered(frame: pd.DataFrame, column: str | None, order: Order) -> pd.DataFrame:
    if order == "file" or column is None:
        return frame
    return frame.sort_values(column, ascending=order == "oldest", kind="stable", ignore_index=True)
