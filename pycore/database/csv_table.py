"""A CSV file as a table: its digest, its columns, its rows as typed values."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TextIO

from pycore.database.fields import FieldReader, TypeGuess
from pycore.database.schema import IDENTIFIER_RULE, MAX_COLUMN_NAME, TableSchema, is_identifier
from pycore.exceptions import DatasetError, DatasetValidationError

__all__ = ["CsvTable"]

_MOST_FAILURES: Final = 1_000
_SHOWN_FAILURES: Final = 5
_BLOCK_CHARACTERS: Final = 1 << 20


class CsvTable:
    """A CSV file in UTF-8 with a header, read as often as needed.

    Parameters
    ----------
    path : path or open text file
        ``.gz`` is unpacked. An open file is read to its end at once.
    name : str
        Of the table, for the errors.
    """

    def __init__(self, path: Path | str | TextIO, name: str) -> None:
        self.name = name
        self._open: Callable[[], TextIO]
        if isinstance(path, (str, Path)):
            self.origin = str(path)
            file = Path(path)
            self._open = lambda: _opened(file)
        else:
            self.origin = str(getattr(path, "name", "an open file"))
            content = path.read()
            self._open = lambda: io.StringIO(content, newline="")

    def digest(self, schema: TableSchema | None, unique: Sequence[str]) -> str:
        """Return SHA-256 of the content and of how it is to be stored."""
        sha = hashlib.sha256(repr((schema, tuple(unique))).encode())
        with self._reading() as file:
            while block := file.read(_BLOCK_CHARACTERS):
                sha.update(block.encode("utf-8", "surrogatepass"))
        return sha.hexdigest()

    def inferred(self) -> TableSchema:
        """Return the columns with the types that follow from all their fields."""
        with self._reading() as file:
            reader = csv.reader(file, strict=True)
            guesses = [TypeGuess(name) for name in self._header(reader)]
            failures: list[str] = []
            n_rows = 0
            for fields in reader:
                if len(fields) == len(guesses):
                    n_rows += 1
                    for guess, field in zip(guesses, fields, strict=True):
                        guess.see(field)
                elif fields:
                    failures.append(_wrong_length(reader.line_num, len(fields), len(guesses)))
            self._raise_if(failures)
            if not n_rows:
                raise self._invalid(["it has a header and no rows: the types of its columns cannot be told"])
        return TableSchema(tuple(guess.column() for guess in guesses))

    def rows(self, schema: TableSchema, family: str) -> Iterator[tuple[Any, ...]]:
        """Yield each row as values in the order of `schema`.

        Raises
        ------
        DatasetValidationError
            At the end, with every field that does not fit; the good rows have been yielded by then.
        """
        with self._reading() as file:
            reader = csv.reader(file, strict=True)
            header = self._header(reader)
            order = self._order(header, schema)
            readers = [FieldReader(column, family) for column in schema]
            failures: list[str] = []
            for fields in reader:
                if len(fields) == len(header):
                    try:
                        yield tuple([read(fields[place]) for read, place in zip(readers, order, strict=True)])
                    except ValueError:
                        failures += self._misfits(reader.line_num, [fields[place] for place in order], schema, readers)
                elif fields:
                    failures.append(_wrong_length(reader.line_num, len(fields), len(header)))
                if len(failures) >= _MOST_FAILURES:
                    failures.append("and more: reading stopped here")
                    break
            self._raise_if(failures)

    def _header(self, reader: Any) -> list[str]:
        header: list[str] | None = next((fields for fields in reader if fields), None)
        if header is None:
            raise self._invalid(["it is empty: expected a header and rows"])
        if header[0].lstrip()[:1] in {"<", "{"}:  # what a server sends in place of a file
            raise self._invalid(["line 1: this is HTML or JSON, not CSV"])
        # By position: where a file has no header, its first row stands here.
        self._raise_if([f"line 1: {fault}" for fault in _faults(header)])
        return header

    def _order(self, header: list[str], schema: TableSchema) -> list[int]:
        failures = [f"line 1: column {name!r} is missing" for name in schema.names if name not in header]
        failures += [
            f"line 1: the name of column {place} is not expected"
            for place, name in enumerate(header, 1)
            if name not in schema.names
        ]
        self._raise_if(failures)
        return [header.index(name) for name in schema.names]

    @staticmethod
    def _misfits(line: int, fields: list[str], schema: TableSchema, readers: list[FieldReader]) -> list[str]:
        failures = []
        for column, field, read in zip(schema, fields, readers, strict=True):
            try:
                read(field)
            except ValueError:
                found = "nothing" if field == "" else "something else"
                failures.append(f"line {line}, column {column.name!r}: expected {read.expected}, found {found}")
        return failures

    @contextmanager
    def _reading(self) -> Iterator[TextIO]:
        try:
            with self._open() as file:
                yield file
        except FileNotFoundError as exc:
            raise DatasetError(f"{self.origin} is not there: expected a CSV file", dataset=self.name) from exc
        except (EOFError, gzip.BadGzipFile, zlib.error) as exc:
            raise DatasetError(f"{self.origin} is cut off or no gzip file; get it again", dataset=self.name) from exc
        except UnicodeDecodeError as exc:
            raise self._invalid([f"it is not UTF-8 ({exc.reason} at byte {exc.start} of a block)"]) from None
        except csv.Error as exc:
            raise self._invalid([f"it is not CSV: {exc}"]) from exc
        except OSError as exc:
            raise DatasetError(f"{self.origin} cannot be read: {exc.strerror}", dataset=self.name) from exc

    def _raise_if(self, failures: Sequence[str]) -> None:
        if failures:
            raise self._invalid(failures)

    def _invalid(self, failures: Sequence[str]) -> DatasetValidationError:
        shown = "; ".join(failures[:_SHOWN_FAILURES])
        more = f"; and {len(failures) - _SHOWN_FAILURES} more" if len(failures) > _SHOWN_FAILURES else ""
        return DatasetValidationError(
            f"{self.origin} does not fit table {self.name!r}: {shown}{more}. Nothing was loaded.",
            dataset=self.name,
            failures=tuple(failures),
        )


def _faults(header: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with the names of columns."""
    seen: set[str] = set()
    for place, name in enumerate(header, 1):
        if not is_identifier(name, "column"):
            yield f"column {place} has no name that a column can have ({IDENTIFIER_RULE.format(MAX_COLUMN_NAME)})"
        if name.casefold() in seen:
            yield f"column {place} has the name of an earlier one"
        seen.add(name.casefold())


def _wrong_length(line: int, found: int, expected: int) -> str:
    return f"line {line}: expected {expected} fields, found {found}"


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")
