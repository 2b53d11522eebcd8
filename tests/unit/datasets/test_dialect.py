"""A CSV file that pandas reads and we do not is answered with the call of pandas that does."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycore.datasets.csv import parse_csv, read_as_titled
from pycore.datasets.dialect import pandas_call, separator_of
from pycore.exceptions import DatasetValidationError

ROWS = pd.DataFrame({"Größe": [7, 8], "Preis": [1.5, 20.25], "Art": ["a, b", "c"]})


def refused(content: bytes) -> str:
    with pytest.raises(DatasetValidationError) as caught:
        parse_csv(content, name="semi.csv")
    assert str(caught.value).count("line 1") == 1
    return str(caught.value)


def read_as_told(message: str, content: bytes) -> pd.DataFrame:
    """Run the call of pandas that stands in the message."""
    call = message[message.index("pandas.read_csv(") : message.index(" makes a DataFrame")]
    frame: pd.DataFrame = eval(call, {"pandas": pd, "path": io.BytesIO(content)})
    return frame


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
@pytest.mark.parametrize(("separator", "decimal"), [(";", ","), (";", "."), ("\t", ","), ("\t", "."), ("|", ".")])
@pytest.mark.parametrize("quoting", [0, 1], ids=["few quotes", "all quoted"])
def test_the_call_in_the_message_reads_the_file(separator: str, decimal: str, encoding: str, quoting: int) -> None:
    text = ROWS.to_csv(index=False, sep=separator, decimal=decimal, quoting=quoting)  # type: ignore[call-overload]
    content = text.encode(encoding)

    pd.testing.assert_frame_equal(read_as_told(refused(content), content), ROWS)


def test_commas_in_another_encoding_are_read_by_its_name() -> None:
    content = ROWS.to_csv(index=False).encode("latin-1")

    message = refused(content)

    assert 'line 1: this is not UTF-8 text; if it is latin-1, pandas.read_csv(path, encoding="latin-1")' in message
    pd.testing.assert_frame_equal(read_as_told(message, content), ROWS)


def test_one_fault_stands_for_all_lines() -> None:
    message = refused(b"a;b\n" + b"1,5;2,5\n" * 300)

    assert 'line 1: the separator looks like ";", expected ","; pandas.read_csv(path, sep=";", decimal=",")' in message
    assert "more" not in message


def test_a_tab_is_named() -> None:
    assert r'looks like a tab, expected ","; pandas.read_csv(path, sep="\t") makes' in refused(b"a\tb\n1\t2\n")


@pytest.mark.parametrize(
    "content", [b"note\nx;y\nz\n", b"a,b\n1;2,3\n", b"a;b\n1\n", b"note; or none\nx\n", b'a,b\n"1;2","3;4"\n']
)
def test_texts_with_other_signs_in_them_stay_texts(content: bytes) -> None:
    assert parse_csv(content, name="notes.csv").notna().all(axis=None)


def test_a_cut_line_is_no_matter_of_the_separator() -> None:
    with pytest.raises(DatasetValidationError, match="line 3: 1 fields, expected 2"):
        parse_csv(b"a,b\n1;0,2\n3\n", name="cut.csv")


@given(st.text(alphabet=';\t|,"a1\r\n\0é', max_size=40))
def test_of_any_text_there_is_a_call(text: str) -> None:
    assert pandas_call(text).startswith("pandas.read_csv(path")
    assert separator_of(text) in {"", ";", "\t", "|"}


def test_titles_stay_as_the_file_has_them(tmp_path: Path) -> None:
    path = tmp_path / "titles.csv"
    path.write_text("Größe, Preis in € ,,größe\n7,1.5,x,2020-01-02\n", encoding="utf-8-sig")

    frame = read_as_titled(path)

    assert frame.columns.tolist() == ["Größe", "Preis in €", "column_3", "größe"]
    assert [dtype.kind for dtype in frame.dtypes[["Größe", "Preis in €", "größe"]]] == ["i", "f", "M"]


def test_titles_that_are_the_same_are_refused(tmp_path: Path) -> None:
    (tmp_path / "twice.csv").write_text("a,b,a\n1,2,3\n")

    with pytest.raises(DatasetValidationError, match="line 1: column 3 has the name of an earlier one"):
        read_as_titled(tmp_path / "twice.csv")
