"""Daily prices as a file: from the network, or from the package where there is none."""

from __future__ import annotations

import csv
import io
import logging
import os
import re
import secrets
from pathlib import Path
from urllib.parse import quote

from pycore.config.models import PriceSource
from pycore.datasets import bundled
from pycore.exceptions import DatasetError, ServiceTimeoutError, ServiceUnavailableError, UnknownNameError

__all__ = ["fetch_prices", "sample"]

logger = logging.getLogger(__name__)

_SYMBOL = re.compile(r"[A-Za-z0-9^][A-Za-z0-9.^-]{0,9}", re.ASCII)


def fetch_prices(
    symbol: str, source: PriceSource, folder: Path, *, progress: bool = False, pause_s: float = 0.5
) -> Path:
    """Write the daily prices of a share to ``<folder>/<symbol>.csv``, newest first, and return that path.

    Parameters
    ----------
    symbol : str
        ``"SPY"``, in either case.
    source : PriceSource
        The address, with ``{symbol}``, and how patiently to ask.
    folder : Path
        Made if it is not there.
    progress : bool, default False
        Show a progress bar.
    pause_s : float, default 0.5
        Seconds before the second attempt; each further pause is twice as long.

    Raises
    ------
    ServiceUnavailableError, ServiceTimeoutError
        There is no network, or the server is away or too slow; the text names the bundled symbols.
    DatasetValidationError
        What came is not prices.
    DatasetError
        No such symbol, or the file cannot be written.

    Notes
    -----
    The file is replaced as a whole when the new one is complete and checked; until then an older one stays.
    """
    from pycore.datasets.csv import parse_prices
    from pycore.datasets.download import Request, download

    symbol = _checked(symbol)
    request = Request(
        address=source.address.replace("{symbol}", quote(symbol, safe="")),
        service=f"prices of {symbol}",
        timeout_s=source.timeout_s,
        attempts=source.attempts,
        pause_s=pause_s,
    )
    try:
        body = download(request, progress=progress)
    except (ServiceUnavailableError, ServiceTimeoutError) as exc:
        raise type(exc)(f"{exc} {_offline(symbol)}", service=exc.service, address=exc.address) from exc
    frame = parse_prices(body, name=f"what {request.service} came as")
    path = folder / f"{symbol.lower()}.csv"
    _write(path, frame.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d").encode())
    logger.info("%s: %d days written to %s", symbol, len(frame), path)
    return path


def sample(symbol: str, folder: Path) -> Path:
    """Write the bundled daily prices of a share to ``<folder>/<symbol>.csv``, newest first, and return that path.

    Raises
    ------
    UnknownNameError
        The share is not bundled; those that are get listed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = sample("IBM", Path(folder))
    ...     path.name, path.read_text().splitlines()[1]
    ('ibm.csv', '2013-03-01,200.65,202.94,199.36,202.91,3308300,175.27118333217')
    """
    symbol = str(symbol).upper()
    if symbol not in bundled.SYMBOLS:
        raise UnknownNameError.of("bundled symbol", symbol, bundled.SYMBOLS)
    with bundled.open_csv("stocks") as stream:
        header, *rows = csv.reader(stream)
    place = header.index("symbol")
    chosen = sorted((row for row in rows if row[place] == symbol), key=lambda row: row[header.index("date")])
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    for row in [header, *reversed(chosen)]:
        writer.writerow([*row[:place], *row[place + 1 :]])
    path = folder / f"{symbol.lower()}.csv"
    _write(path, text.getvalue().encode())
    logger.info("%s: %d bundled days written to %s", symbol, len(chosen), path)
    return path


def _checked(symbol: str) -> str:
    """Return the symbol in capitals; it becomes part of an address and of a file name."""
    if not isinstance(symbol, str) or _SYMBOL.fullmatch(symbol) is None:
        raise DatasetError("A share symbol is 1 to 10 letters, digits, dots, hyphens or ^, such as SPY or BRK.B.")
    return symbol.upper()


def _offline(symbol: str) -> str:
    example = symbol if symbol in bundled.SYMBOLS else "IBM"
    return (
        f"Check the network, or take a bundled symbol, which needs none ({', '.join(bundled.SYMBOLS)}):"
        f" `pycore fetch --sample {example}`."
    )


def _write(path: Path, content: bytes) -> None:
    """Put `content` in the place of `path` in one step that survives a loss of power."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as exc:
        raise DatasetError(f"{path} cannot be written: {exc.strerror}.") from exc
