"""``pycore fetch``: daily prices as CSV."""

from __future__ import annotations

import click

from pycore.cli._options import json_option
from pycore.cli._render import to_json
from pycore.cli._session import Session, pass_session

__all__ = ["fetch"]


@click.command("fetch")
@click.argument("symbol")
@click.option("--sample", is_flag=True, help="Take a bundled symbol, without a network.")
@json_option("symbol, path, rows, first and last (dates)")
@pass_session
def fetch(session: Session, symbol: str, sample: bool, as_json: bool) -> None:
    """Write daily prices of SYMBOL to data/src/<symbol>.csv and print that path.

    They come from the address that datasets.json names under "prices"; an older file stays until the new one is whole
    and holds prices.

    \b
    Examples:
      pycore fetch SPY
      pycore fetch IBM --sample
    """
    path = session.core.fetch(symbol, sample=sample, progress=session.shows_progress)
    from pycore.datasets.csv import read_prices

    dates = read_prices(path)["date"]
    first, last = dates.min().date(), dates.max().date()
    if as_json:
        click.echo(to_json({"symbol": symbol, "path": path, "rows": len(dates), "first": first, "last": last}))
        return
    click.echo(path)
    session.say(f"{len(dates)} days, {first} to {last}")
