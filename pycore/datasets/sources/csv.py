"""Data sets from a CSV file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pycore.config.models import CsvSource
from pycore.datasets.parameters import Value, as_text, fields, filled
from pycore.datasets.sources import Places
from pycore.exceptions import DatasetError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CsvFile"]


class CsvFile:
    """One file; its path may name parameters."""

    def __init__(self, dataset: str, spec: CsvSource, places: Places) -> None:
        self._dataset = dataset
        self._spec = spec
        self._places = places

    def identity(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """Return the path and the digest of the file as it is now: a file that changed is another source."""
        path = self._path(values)
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as exc:
            raise DatasetError(
                f"Data set {self._dataset!r}: {path} cannot be read: {exc.strerror}.", dataset=self._dataset
            ) from exc
        return {"application": "csv", "address": path.as_uri(), "database": None, "digest": digest}

    def extract(self, values: Mapping[str, Value]) -> pd.DataFrame:
        """Return the rows of the file.

        Raises
        ------
        DatasetError
            The file cannot be read, or is no CSV.
        """
        from pycore.datasets.csv import read_csv

        return read_csv(self._path(values))

    def _path(self, values: Mapping[str, Value]) -> Path:
        """Return the path with its parameters; none of them can lead to another folder."""
        texts = {name: as_text(value) for name, value in values.items()}
        for name in fields(self._spec.path):
            text = texts.get(name, "")
            if set(text) & {"/", "\\", "\0"} or text.startswith("."):
                raise DatasetError(
                    f"Parameter {name!r} of data set {self._dataset!r} is part of a file name: expected text without"
                    " slashes that does not begin with a dot.",
                    dataset=self._dataset,
                )
        return (self._places.root / filled(self._spec.path, texts)).absolute()
