"""Prices are fetched from a real server whole and checked, or not at all."""

from __future__ import annotations

import gzip
import logging
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from suites.price_server import CSV, Answer, PriceServer, price_server

from pycore.config.models import PriceSource
from pycore.datasets.csv import read_prices
from pycore.datasets.download import Request, download
from pycore.datasets.fetch import fetch_prices, sample
from pycore.exceptions import (
    AuthenticationError,
    DatasetError,
    DatasetValidationError,
    ServiceError,
    ServiceTimeoutError,
    ServiceUnavailableError,
    UnknownNameError,
)

WRITTEN = (
    "date,open,high,low,close,volume\n"
    "2016-07-29,216.6,217.7,216.4,217.12,79519400\n"
    "2016-07-28,216.77,217.4,216.1,217.1,64903000\n"
)
BUSY = Answer(500, b"Internal Server Error")
PAUSE_S = 0.01


def source(server: PriceServer, *, attempts: int = 3, timeout_s: float = 5.0) -> PriceSource:
    return PriceSource(address=f"{server.url}/daily?s={{symbol}}&key=s3cret", attempts=attempts, timeout_s=timeout_s)


def fetch(server: PriceServer, folder: Path, *, attempts: int = 3, timeout_s: float = 5.0) -> Path:
    prices = source(server, attempts=attempts, timeout_s=timeout_s)
    return fetch_prices("SPY", prices, folder, pause_s=PAUSE_S)


def contents(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_prices_are_written_newest_first_under_the_name_of_the_share(tmp_path: Path) -> None:
    with price_server() as server:
        path = fetch(server, tmp_path / "data" / "src")

    assert path == tmp_path / "data" / "src" / "spy.csv"
    assert path.read_text() == WRITTEN
    assert len(read_prices(path)) == 2
    assert server.paths == ["/daily?s=SPY&key=s3cret"]


def test_a_symbol_is_escaped_in_the_address(tmp_path: Path) -> None:
    with price_server() as server:
        path = fetch_prices("^spx", source(server), tmp_path)

    assert server.paths == ["/daily?s=%5ESPX&key=s3cret"]
    assert path.name == "^spx.csv"


def test_the_file_can_be_read_by_others(tmp_path: Path) -> None:
    with price_server() as server:
        path = fetch(server, tmp_path)

    plain = tmp_path / "plain"
    plain.touch()
    assert path.stat().st_mode == plain.stat().st_mode


def test_a_server_that_stumbles_is_asked_again(tmp_path: Path) -> None:
    with price_server(BUSY, Answer(503, b""), Answer()) as server:
        path = fetch(server, tmp_path)

    assert path.read_text() == WRITTEN
    assert len(server.paths) == 3


def test_a_server_that_says_when_to_come_back_is_obeyed(tmp_path: Path) -> None:
    with price_server(Answer(429, b"", {"Retry-After": "0"}), Answer()) as server:
        path = fetch_prices("SPY", source(server), tmp_path, pause_s=60)

    assert path.read_text() == WRITTEN


def test_an_answer_that_is_cut_off_is_asked_for_again(tmp_path: Path) -> None:
    with price_server(Answer(body=CSV[:60], promised_bytes=len(CSV)), Answer()) as server:
        path = fetch(server, tmp_path)

    assert path.read_text() == WRITTEN
    assert len(server.paths) == 2


@pytest.mark.parametrize(
    ("answer", "error", "asked"),
    [
        (BUSY, ServiceUnavailableError, 3),
        (Answer(429, b"slow down"), ServiceUnavailableError, 3),
        (Answer(body=CSV[:60], promised_bytes=len(CSV)), ServiceUnavailableError, 3),
        (Answer(is_hanging=True), ServiceTimeoutError, 3),
        (Answer(body=b"", promised_bytes=10**6, is_trickling=True), ServiceTimeoutError, 1),
        (Answer(404, b"<html>not found</html>"), DatasetError, 1),
        (Answer(401, b""), AuthenticationError, 1),
        (Answer(403, b""), AuthenticationError, 1),
        (Answer(302, b"", {"Location": "/daily"}), DatasetError, 6),
        (Answer(302, b"", {"Location": "ftp://127.0.0.1/daily"}), DatasetError, 1),
        (Answer(body=b"<!DOCTYPE html><html>Sign in</html>"), DatasetValidationError, 1),
        (Answer(body=b""), DatasetValidationError, 1),
        (Answer(body=b"No data"), DatasetValidationError, 1),
        (Answer(body=CSV[:100]), DatasetValidationError, 1),
        (Answer(body=CSV.replace(b"2016-07-29", b"2016-07-32")), DatasetValidationError, 1),
        (Answer(body=b"\x1f\x8b\x08\x00damaged", headers={"Content-Encoding": "gzip"}), DatasetError, 1),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else None,
)
def test_a_fetch_that_fails_leaves_the_older_file(
    tmp_path: Path, answer: Answer, error: type[Exception], asked: int
) -> None:
    older = tmp_path / "spy.csv"
    older.write_text("older")

    with price_server(answer) as server, pytest.raises(error) as caught:
        fetch(server, tmp_path, timeout_s=0.2)

    assert older.read_text() == "older"
    assert contents(tmp_path) == ["spy.csv"]
    assert len(server.paths) == asked
    assert "s3cret" not in str(caught.value)


def test_without_a_network_the_bundled_symbols_are_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: a connection is refused
        prices = PriceSource(address=f"http://127.0.0.1:{taken.getsockname()[1]}/{{symbol}}", attempts=2)

        with pytest.raises(ServiceUnavailableError) as caught:
            fetch_prices("SPY", prices, tmp_path, pause_s=PAUSE_S)

    text = str(caught.value)
    assert "AAPL, FB, GOOG, IBM, MSFT" in text
    assert "pycore fetch --sample IBM" in text
    assert "SPY" in text
    assert caught.value.exit_code == 4
    assert caught.value.address.startswith("http://127.0.0.1:")
    assert contents(tmp_path) == []


def test_an_unknown_host_is_a_service_that_does_not_answer(tmp_path: Path) -> None:
    prices = PriceSource(address="http://prices.invalid/{symbol}", attempts=1, timeout_s=5.0)

    with pytest.raises(ServiceError, match=r"http://prices\.invalid/SPY"):
        fetch_prices("SPY", prices, tmp_path, pause_s=PAUSE_S)


@pytest.mark.parametrize(
    "symbol", ["", "../../etc", "a/b", "SPY\n", ".", "..", "-rf", "S" * 11, "spy;rm", "ſpy", "SPY\0", "a b", None, 5]
)
def test_a_symbol_that_is_none_is_never_asked_for(tmp_path: Path, symbol: str) -> None:
    with price_server() as server, pytest.raises(DatasetError, match="1 to 10 letters"):
        fetch_prices(symbol, source(server), tmp_path)

    assert server.paths == []
    assert contents(tmp_path) == []


def test_an_answer_that_never_ends_is_given_up() -> None:
    with price_server(Answer(body=b"x" * 3000)) as server:
        request = Request(address=server.url, service="prices", limit_bytes=2000, pause_s=PAUSE_S)

        with pytest.raises(DatasetError, match="more than 2000 bytes"):
            download(request)

    assert len(server.paths) == 1


def test_a_compressed_bomb_is_given_up_by_its_unpacked_size() -> None:
    bomb = gzip.compress(bytes(10**7))
    with price_server(Answer(body=bomb, headers={"Content-Encoding": "gzip"})) as server:
        request = Request(address=server.url, service="prices", limit_bytes=10**6)

        with pytest.raises(DatasetError, match="more than 1000000 bytes"):
            download(request)


def test_progress_is_shown_on_request(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with price_server() as server:
        fetch_prices("SPY", source(server), tmp_path, progress=True)
        shown = capfd.readouterr()
        fetch(server, tmp_path)
        silent = capfd.readouterr()

    assert "prices of SPY" in shown.err
    assert "100%" in shown.err
    assert shown.out == silent.out == silent.err == ""


def test_the_log_tells_the_days_written_and_no_key(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="pycore")
    with price_server(BUSY, Answer()) as server:
        path = fetch(server, tmp_path)

    texts = [record.getMessage() for record in caplog.records if record.name.startswith("pycore")]
    assert "prices of SPY: asking again, attempt 2 of 3" in texts
    assert f"SPY: 2 days written to {path}" in texts
    assert not [text for text in texts if "s3cret" in text]


def test_only_our_own_words_reach_a_terminal(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pycore.config.models import PriceSource;"
        "from pycore.datasets.fetch import fetch_prices;"
        "fetch_prices('SPY', PriceSource(address=sys.argv[1], attempts=3), Path(sys.argv[2]), pause_s=0.01)"
    )
    with price_server(BUSY, Answer()) as server:
        command = [sys.executable, "-c", code, f"{server.url}/{{symbol}}?key=s3cret", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout == ""
    assert done.stderr == "prices of SPY: asking again, attempt 2 of 3\n"


def test_a_folder_that_cannot_be_made_is_our_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")

    with price_server() as server, pytest.raises(DatasetError, match="cannot be written"):
        fetch(server, tmp_path / "data" / "src")


@pytest.mark.parametrize(("symbol", "n_rows"), [("IBM", 3270), ("ibm", 3270), ("FB", 196)])
def test_a_bundled_share_is_written_under_its_own_name(tmp_path: Path, symbol: str, n_rows: int) -> None:
    path = sample(symbol, tmp_path / "src")

    frame = read_prices(path, order="file")
    assert path == tmp_path / "src" / f"{symbol.lower()}.csv"
    assert len(frame) == n_rows
    assert frame["date"].is_monotonic_decreasing
    assert list(frame.columns) == ["date", "open", "high", "low", "close", "volume", "adj_close"]


def test_a_share_that_is_not_bundled_is_refused_and_those_that_are_get_listed(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="AAPL, FB, GOOG, IBM, MSFT"):
        sample("SPY", tmp_path)

    assert contents(tmp_path) == []
