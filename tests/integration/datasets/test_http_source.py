"""A data set may come from an address that answers with CSV."""

from __future__ import annotations

import logging
from pathlib import Path

import httpx
import pytest
from suites.price_server import Answer, price_server

from pycore.config.models import DatasetSpec, HttpSource, ParameterSpec
from pycore.datasets import Catalog
from pycore.exceptions import AuthenticationError, DatasetValidationError


def catalog(url: str, default: str = "IBM") -> Catalog:
    spec = DatasetSpec(
        title="Prices",
        source=HttpSource(kind="http", address=f"{url}/daily?s={{symbol}}&key=s3cret", timeout_s=5.0),
        parameters={"symbol": ParameterSpec(type="string", default=default)},
    )
    return Catalog({"prices": spec}, databases={}, cache=None, root=Path())


def test_rows_come_from_the_address_with_its_parameters() -> None:
    with price_server() as server:
        frame = catalog(server.url).dataset("prices", {"symbol": "A&B/../C"})

    assert frame["close"].tolist() == [217.1, 217.12]
    assert str(frame["date"].dtype) == "datetime64[s]"
    assert server.paths == ["/daily?s=A%26B%2F..%2FC&key=s3cret"]


def test_no_log_says_the_key_of_an_address(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever turns on the log of everything gets the lines of httpx, too, and those name whole addresses."""
    caplog.set_level(logging.DEBUG)
    with price_server() as server:
        catalog(server.url).dataset("prices")
        assert "s3cret" not in caplog.text
        assert "bytes from" in caplog.text, "our own line, without the query"

        httpx.get(f"{server.url}/daily?s=IBM&key=mine")

    assert "key=mine" in caplog.text, "what a program asks for itself is its own affair"


def test_an_html_page_is_no_data_set() -> None:
    with (
        price_server(Answer(body=b"<html>Sign in</html>")) as server,
        pytest.raises(DatasetValidationError, match=r"data set prices.*HTML"),
    ):
        catalog(server.url).dataset("prices")


def test_a_refusal_is_one_of_credentials() -> None:
    with price_server(Answer(403, b"")) as server, pytest.raises(AuthenticationError) as caught:
        catalog(server.url).dataset("prices")

    assert "s3cret" not in str(caught.value)


def test_the_identity_has_the_address_without_its_key() -> None:
    identity = catalog("http://127.0.0.1:9").identity("prices")

    assert identity["address"] == "http://127.0.0.1:9/daily"
    assert "s3cret" not in str(identity)
    assert identity["parameters"] == {"symbol": "IBM"}
