"""CSV files come out typed and ordered, or every fault is listed with its line."""

from __future__ import annotations

import gzip
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycore.datasets.csv import parse_csv, parse_prices, read_as_titled, read_csv, read_prices
from pycore.exceptions import DatasetError, DatasetValidationError

HEADER = "Date,Open,High,Low,Close,Volume\n"
ROWS = "28-Jul-16,216.77,217.4,216.1,217.1,64903000\n29-Jul-16,216.6,217.7,216.4,217.12,79519400\n"


def failures(content: str | bytes) -> list[str]:
    raw = content.encode() if isinstance(content, str) else content
    with pytest.raises(DatasetValidationError) as caught:
        parse_prices(raw, name="spy.csv")
    assert "spy.csv" in str(caught.value)
    assert caught.value.exit_code == 5
    return list(caught.value.failures)


def test_prices_come_newest_first_with_their_types(tmp_path: Path) -> None:
    path = tmp_path / "spy.csv"
    path.write_text(HEADER + ROWS)

    frame = read_prices(path)

    expected = pd.DataFrame(
        {
            "date": pd.array(["2016-07-29", "2016-07-28"], dtype="datetime64[s]"),
            "open": [216.6, 216.77],
            "high": [217.7, 217.4],
            "low": [216.4, 216.1],
            "close": [217.12, 217.1],
            "volume": [79519400, 64903000],
        }
    )
    pd.testing.assert_frame_equal(frame, expected)


@pytest.mark.parametrize(
    ("order", "days"), [("newest", ["29", "28"]), ("oldest", ["28", "29"]), ("file", ["28", "29"])]
)
def test_rows_come_in_the_order_asked_for(order: str, days: list[str]) -> None:
    frame = parse_prices((HEADER + ROWS).encode(), name="spy.csv", order=order)  # type: ignore[arg-type]  # from a list

    assert list(frame["date"].dt.strftime("%d")) == days


@pytest.mark.parametrize("day", ["2016-07-29", "29-Jul-16", "29-JUL-16", "29-jul-2016"])
def test_every_spelling_of_a_day_is_the_same_day(day: str) -> None:
    frame = parse_prices(f"{HEADER}{day},1,1,1,1,1\n".encode(), name="spy.csv")

    assert frame["date"].tolist() == [pd.Timestamp("2016-07-29")]


@pytest.mark.parametrize(("day", "year"), [("3-Jan-68", 2068), ("3-Jan-69", 1969), ("3-Jan-00", 2000)])
def test_years_of_two_digits_follow_posix(day: str, year: int) -> None:
    frame = parse_prices(f"{HEADER}{day},1,1,1,1,1\n".encode(), name="spy.csv")

    assert frame["date"].dt.year.tolist() == [year]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n", "\n\n"])
def test_byte_order_mark_and_line_ends_do_not_matter(mark: bytes, newline: str, last: str) -> None:
    text = (HEADER + ROWS.rstrip("\n") + last).replace("\n", newline)

    frame = parse_prices(mark + text.encode(), name="spy.csv")

    assert frame.shape == (2, 6)
    assert list(frame.columns) == ["date", "open", "high", "low", "close", "volume"]


def test_columns_may_stand_in_any_order_and_others_are_kept() -> None:
    content = b" Volume ,Adj Close,Close,Low,High,Open,Date,Symbol\n5596300.0,88,114.88,1,2,116,2000-10-10,IBM\n"

    frame = parse_prices(content, name="ibm.csv")

    assert frame[["volume", "adj_close", "symbol"]].to_numpy().tolist() == [[5596300, 88.0, "IBM"]]
    assert str(frame["adj_close"].dtype) == "float64"


def test_prices_may_be_missing_but_not_the_close() -> None:
    frame = parse_prices((HEADER + "2016-07-29,null,-,,1.5,None\n").encode(), name="spy.csv")

    assert frame[["open", "high", "low"]].isna().to_numpy().tolist() == [[True, True, True]]
    assert str(frame["volume"].dtype) == "Int64"
    assert failures(HEADER + "2016-07-29,1,1,1,,1\n") == ["line 2: close is no number"]


def test_compressed_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "spy.csv.gz"
    path.write_bytes(gzip.compress((HEADER + ROWS).encode()))

    assert len(read_prices(path)) == 2


@pytest.mark.parametrize("content", ["", "\n \n", "\ufeff", "   "])
def test_an_empty_file_is_refused(content: str) -> None:
    assert failures(content) == ["the file is empty"]


def test_a_volume_below_zero_is_refused() -> None:
    rows = "2016-07-27,1,1,1,1,0\n2016-07-28,1,1,1,1,\n2016-07-29,1,1,1,1,-300\n"

    assert failures(HEADER + rows) == ["line 4: volume is below zero"]


def test_a_header_without_rows_is_refused() -> None:
    assert failures(HEADER) == ["the file has a header and no rows"]


@pytest.mark.parametrize(
    "page", ["<!DOCTYPE html><html><body>Moved</body></html>", "\n  <html>", "<?xml version='1.0'?><error/>"]
)
def test_an_html_page_is_refused_as_such(page: str) -> None:
    assert failures(page) == ["line 1: this is an HTML page, not CSV"]


def test_json_is_refused_as_such() -> None:
    assert failures('{"error": "limit"}') == ["line 1: this is JSON, not CSV"]


def test_every_missing_column_is_listed() -> None:
    assert failures("Date,Open,Close\n2016-07-29,1,2\n") == [
        "line 1: there is no column high",
        "line 1: there is no column low",
        "line 1: there is no column volume",
    ]


def test_a_line_that_is_cut_off_is_named() -> None:
    assert failures(HEADER + ROWS + "30-Jul-16,216.6,217") == ["line 4: 3 fields, expected 6 (cut off?)"]


def test_a_line_with_too_many_fields_is_named() -> None:
    assert failures(HEADER + "2016-07-29,1,1,1,1,5,596,300\n") == ["line 2: 8 fields, expected 6"]


def test_a_quote_that_is_never_closed_is_named() -> None:
    (failure,) = failures(HEADER + ROWS + '"30-Jul-16,1,1,1,1,1\n')

    assert failure.startswith("line 4: the quotes")


def test_every_fault_is_listed_with_its_line_and_without_its_value() -> None:
    content = HEADER + "2016-02-30,1,1,1,1,1\n2016-02-29,x,1,1,1,1.5\n2016-02-28,1,secret,inf,0x1,1_000\n"

    assert failures(content) == [
        "line 2: date is no date such as 2016-07-29 or 29-Jul-16",
        "line 3: open is no number",
        "line 3: volume is no whole number",
        "line 4: high is no number",
        "line 4: low is no number",
        "line 4: close is no number",
        "line 4: volume is no whole number",
    ]


def test_the_text_shows_the_first_faults_and_counts_the_others() -> None:
    content = HEADER + "x,1,1,1,1,1\n" * 12

    with pytest.raises(DatasetValidationError, match=r"line 2: .*line 6: .*; and 7 more\.$") as caught:
        parse_prices(content.encode(), name="spy.csv")

    assert len(caught.value.failures) == 12


def test_a_day_that_comes_twice_is_named() -> None:
    content = HEADER + ROWS + "29-Jul-16,1,1,1,1,1\n"

    assert failures(content) == ["line 4: the date of line 3 again"]


def test_one_day_in_two_spellings_is_still_the_same_day() -> None:
    assert failures(HEADER + "2016-07-29,1,1,1,1,1\n29-Jul-16,1,1,1,1,1\n") == ["line 3: the date of line 2 again"]


def test_two_columns_of_one_name_are_refused() -> None:
    assert failures("Date,Close,close\n") == ["line 1: column 3 has the name of an earlier one"]


@pytest.mark.parametrize(
    ("content", "line"),
    [(HEADER.encode() + b"2016-07-29,\xff,1,1,1,1\n", 2), (HEADER.encode() + b"2016-07-29,\x00,1,1,1,1\n", 2)],
)
def test_bytes_that_are_no_text_are_named(content: bytes, line: int) -> None:
    (failure,) = failures(content)

    assert failure.startswith(f"line {line}: this is no")


def test_lines_are_counted_as_an_editor_does() -> None:
    content = 'Note,Date,Open,High,Low,Close,Volume\n"two\nlines",2016-07-28,1,1,1,1,1\n\nx,never,1,1,1,1,1\n'

    assert failures(content) == ["line 5: date is no date such as 2016-07-29 or 29-Jul-16"]


def test_a_file_that_is_not_there_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="pycore fetch"):
        read_prices(tmp_path / "spy.csv")


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "spy.csv.gz"
    path.write_bytes(gzip.compress((HEADER + ROWS).encode())[:-9])

    with pytest.raises(DatasetError, match="damaged or cut off"):
        read_prices(path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="cannot be read"):
        read_csv(tmp_path)


def test_columns_get_the_narrowest_type_that_all_values_fit() -> None:
    content = "n,gaps,x,day,code,mixed,empty,big\n1,1,1,2013-03-01,007,1,,99999999999999999999\n-2,,2.5e3,,012,x,,1\n"

    frame = parse_csv(content.encode(), name="all.csv")

    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        "n": "int64",
        "gaps": "Int64",
        "x": "float64",
        "day": "datetime64[s]",
        "code": "str",
        "mixed": "str",
        "empty": "str",
        "big": "str",
    }
    assert frame["code"].tolist() == ["007", "012"]
    assert frame["big"].tolist() == ["99999999999999999999", "1"]
    assert frame["empty"].isna().all()


def test_columns_can_be_required_ignored_and_held_to_dates(tmp_path: Path) -> None:
    path = tmp_path / "iris.csv"
    path.write_text("id,seen,species\n1,2013-03-01,setosa\n2,2013-03-02,virginica\n")

    frame = read_csv(path, required=["species"], dates=["seen"], ignore=["id"], order="newest")

    assert list(frame.columns) == ["seen", "species"]
    assert frame["species"].tolist() == ["virginica", "setosa"]
    with pytest.raises(DatasetValidationError, match="line 1: there is no column genus"):
        read_csv(path, required=["genus"])
    with pytest.raises(DatasetValidationError, match=r"line 2: species is no date.*line 3: species is no date"):
        read_csv(path, dates=["species"])


def test_a_file_of_one_header_is_an_empty_frame() -> None:
    frame = parse_csv(b"a,b\n", name="empty.csv")

    assert frame.shape == (0, 2)


@given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False))))
def test_numbers_come_back_exact(rows: list[tuple[int, float]]) -> None:
    content = "n,x\n" + "".join(f"{n},{x!r}\n" for n, x in rows)

    frame = parse_csv(content.encode(), name="numbers.csv")

    assert [(int(n), float(x)) for n, x in frame.itertuples(index=False)] == rows


@given(st.binary(max_size=300))
def test_no_bytes_at_all_do_more_than_raise_our_error(content: bytes) -> None:
    with suppress(DatasetValidationError):
        assert len(parse_prices(content, name="spy.csv")) > 0


@given(st.text(alphabet='Date,OpenHighLwClsVum\n\r"0123456789-. ', max_size=200))
def test_no_text_at_all_does_more_than_raise_our_error(text: str) -> None:
    with suppress(DatasetValidationError):
        assert len(parse_csv(text.encode(), name="any.csv").columns) > 0


def test_infinite_numbers_are_numbers(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    frame = pd.DataFrame({"a": [1.5, np.inf, -np.inf, np.nan], "b": [1, 2, 3, 4], "c": ["inf", "x", "y", "z"]})
    frame.to_csv(path, index=False)

    pd.testing.assert_frame_equal(read_as_titled(path), frame)


@pytest.mark.parametrize("text", ["1e999,inf", "inf,-inf", "Infinity,two"])
def test_what_is_no_finite_number_anywhere_stays_text_unless_all_is_infinite(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("a\n" + text.replace(",", "\n") + "\n")

    found = read_as_titled(path)["a"]

    assert (found.dtype == "float64") == (text == "inf,-inf")
