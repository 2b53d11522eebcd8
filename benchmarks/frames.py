"""The frames that are measured, fixed by their seeds, and how far another frame differs from one."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd

__all__ = ["awkward", "differences", "frame_bytes", "long_and_wide", "mixed", "prices", "verdict", "wide"]

N_DAYS = 2_000
N_TICKERS = 500


def prices(n_rows: int) -> pd.DataFrame:
    """Return daily prices, rounded to cents: a date, a ticker as text, five prices and a volume."""
    # A generator for each column: fewer rows are the first ones of more.
    of_open, of_low, of_high, of_close, of_volume = np.random.default_rng(20130301).spawn(5)
    place = np.arange(n_rows)
    days = np.busday_offset("2005-01-03", np.arange(N_DAYS), roll="forward").astype("datetime64[s]")
    letters = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    tickers = np.char.add(letters[np.arange(N_TICKERS) % 26], np.char.add("Q", np.arange(N_TICKERS).astype(str)))
    open_ = np.abs(100 + np.cumsum(of_open.normal(0, 0.5, n_rows))) + 1
    low, high = open_ * of_low.uniform(0.97, 1, n_rows), open_ * of_high.uniform(1, 1.03, n_rows)
    close = low + (high - low) * of_close.random(n_rows)
    return pd.DataFrame(
        {
            "date": days[place % N_DAYS],
            "ticker": pd.array(tickers[place // N_DAYS % N_TICKERS], dtype="str"),
            "open": open_.round(2),
            "high": high.round(2),
            "low": low.round(2),
            "close": close.round(2),
            "adj_close": (close * 0.87).round(2),
            "volume": of_volume.integers(1_000, 100_000_000, n_rows),
        }
    )


def wide(n_rows: int) -> pd.DataFrame:
    """Return fifty columns of floats with all their digits."""
    values = np.random.default_rng(50).normal(0, 1, (n_rows, 50))
    return pd.DataFrame({f"f{number:02}": values[:, number] for number in range(50)})


def mixed(n_rows: int) -> pd.DataFrame:
    """Return thirteen columns of as many types: categories, nullable numbers, time zones, texts with nulls."""
    rng = np.random.default_rng(13)
    moments = pd.Series(np.datetime64("2020-01-01T00:00:00", "us") + rng.integers(0, 10**14, n_rows))
    names = pd.Series(rng.integers(0, n_rows, n_rows)).map("name {:x}".format).astype("str")
    notes = pd.array(['said "yes"', "back\\slash", "Zürich 🚲", "", "plain"], dtype="str")
    missing = rng.random(n_rows) < 0.1
    sizes = pd.CategoricalDtype(["small", "middle", "large"], ordered=True)
    sectors = pd.CategoricalDtype([f"sector {number}" for number in range(11)])
    return pd.DataFrame(
        {
            "id": np.arange(n_rows),
            "price": np.where(missing, np.nan, rng.normal(0, 1, n_rows)),
            "share": rng.random(n_rows).astype("float32"),
            "ok": rng.random(n_rows) < 0.5,
            "count": pd.Series(rng.integers(-9, 9, n_rows), dtype="Int64").mask(missing),
            "big": pd.Series(rng.integers(2**60, 2**62, n_rows), dtype="UInt64").mask(missing),
            "maybe": pd.Series(rng.random(n_rows) < 0.5, dtype="boolean").mask(missing),
            "day": moments.astype("datetime64[s]").dt.floor("D"),
            "at": moments.dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin"),
            "sector": pd.Categorical.from_codes(rng.integers(0, 11, n_rows), dtype=sectors),
            "size": pd.Categorical.from_codes(rng.integers(0, 3, n_rows), dtype=sizes),
            "name": names.mask(missing),
            "note": notes[rng.integers(0, len(notes), n_rows)],
        }
    )


def long_and_wide(n_rows: int, n_columns: int) -> pd.DataFrame:
    """Return what is explored: a class, a date, a sector, a text, a count, and floats, some missing."""
    rng = np.random.default_rng(30)
    floats = rng.normal(0, 1, (n_rows, n_columns - 5))
    floats[:, 1] += floats[:, 0]
    classes = np.where(floats[:, 0] > 2.5, "rare", np.where(floats[:, 0] + floats[:, 2] > 0, "high", "low"))
    floats[rng.random(n_rows) < 0.1, 3:6] = np.nan
    place = np.arange(n_rows)
    return pd.DataFrame(
        {
            "class": pd.array(classes, dtype="str"),
            "date": np.datetime64("2013-03-01T00:00:00", "s") + place * 60,
            "sector": pd.array(np.array([f"sector {number}" for number in range(11)])[place % 11], dtype="str"),
            "note": pd.Series(rng.integers(0, n_rows, n_rows)).map("note {:x}".format).astype("str"),
            "count": rng.integers(0, 100, n_rows),
            **{f"f{number:04}": column for number, column in enumerate(floats.T)},
        }
    )


def awkward() -> pd.DataFrame:
    """Return what the statement of :data:`benchmarks.servers.AWKWARD` says, in exact types."""
    return pd.DataFrame(
        {
            "unsigned_null": pd.array([2**64 - 1, None, 2**53 + 1], dtype="UInt64"),
            "integer_null": pd.array([-1, None, 2**31 - 1], dtype="Int64"),
            "amount": pd.Series([Decimal("12345678901234567890.0123456789"), None, Decimal("0E-10")], dtype="object"),
            "at": pd.array(["2013-03-01T14:05:00.000001", None, "9999-12-31T23:59:59"], dtype="datetime64[us]"),
            "text_null": pd.array(["Zürich 🚲", None, ""], dtype="str"),
        }
    )


def frame_bytes(frame: pd.DataFrame) -> int:
    """Return the memory that the values of a frame take."""
    return int(frame.memory_usage(index=True, deep=True).sum())


def differences(expected: pd.DataFrame, found: object) -> list[str]:
    """Return what differs, by column: its values, or only its type; nothing when both frames are the same.

    Examples
    --------
    >>> one = pd.DataFrame({"a": [1.25], "b": [2]})
    >>> differences(one, one.assign(a=1.2, b=2.0))
    ['a: values', 'b: type float64']
    """
    if not isinstance(found, pd.DataFrame):
        return [f"no frame but {type(found).__name__}"]
    if list(expected.columns) != list(found.columns) or len(expected) != len(found):
        return [f"shape: {found.shape}, expected {expected.shape}"]
    if not found.index.equals(expected.index):
        return ["index"]
    different = []
    for name in expected.columns:
        want, got = expected[name], found[name]
        if not _same_values(want, got):
            different.append(f"{name}: values")
        elif want.dtype != got.dtype:
            different.append(f"{name}: type {got.dtype}")
    return different


def _same_values(want: pd.Series, got: pd.Series) -> bool:
    """Whether both hold the same values, if need be after `got` was given the type of `want`; floats to the bit."""
    try:
        with np.errstate(invalid="ignore"):  # a number that does not fit is another value, which is seen below
            converted = got if want.dtype == got.dtype else got.astype(want.dtype)
    except (TypeError, ValueError, OverflowError):
        return False
    if want.dtype.kind == "f" and isinstance(want.dtype, np.dtype):
        return want.to_numpy().tobytes() == converted.to_numpy().tobytes()
    return bool(want.equals(converted))


def verdict(different: list[str]) -> str:
    """Return one phrase about what differs: "exact", "types differ" or "values differ", and where."""
    if not different:
        return "exact"
    of_types = [line.partition(":")[0] for line in different if ": type " in line]
    others = [line.partition(":")[0] for line in different if ": type " not in line]
    return f"values differ: {_some(others)}" if others else f"types differ: {_some(of_types)}"


def _some(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= 3 else f"{', '.join(names[:2])} and {len(names) - 2} more"
