"""Data sets from an address that answers with CSV."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pycore.config.models import HttpSource
from pycore.datasets.addresses import shown
from pycore.datasets.parameters import Value, as_text, filled
from pycore.datasets.sources import Places

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["HttpAddress"]


class HttpAddress:
    """One address; it may name parameters."""

    def __init__(self, dataset: str, spec: HttpSource, places: Places) -> None:
        self._dataset = dataset
        self._spec = spec
        self._places = places

    def identity(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """Return the address without its query, where keys tend to stand, and the digest of all of it."""
        digest = hashlib.sha256(self._spec.address.encode()).hexdigest()
        return {"application": "http", "address": shown(self._spec.address), "database": None, "digest": digest}

    def extract(self, values: Mapping[str, Value]) -> pd.DataFrame:
        """Return the rows that the address answers with.

        Raises
        ------
        ServiceError
            The server is away, too slow, or refuses us.
        DatasetError
            What it answers is no CSV.
        """
        from pycore.datasets.csv import parse_csv
        from pycore.datasets.download import Request, download

        address = filled(self._spec.address, {name: quote(as_text(value), safe="") for name, value in values.items()})
        request = Request(address=address, service=f"data set {self._dataset}", timeout_s=self._spec.timeout_s)
        return parse_csv(download(request), name=f"what {request.service} came as")
