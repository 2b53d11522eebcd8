"""``pycore wait``: until a TCP server accepts connections."""

from __future__ import annotations

import click

from pycore.cli._options import json_option
from pycore.cli._session import Session, pass_session
from pycore.cli._waiting import timeout_option, waiting

__all__ = ["wait"]


@click.command("wait")
@click.argument("address", metavar="HOST:PORT")
@timeout_option
@json_option("host, port, address, ready and seconds")
@pass_session
def wait(session: Session, address: str, timeout_s: float, as_json: bool) -> None:
    """Wait until HOST:PORT accepts a TCP connection; exit 4 when it does not in time.

    A name that is not known yet is asked for again. That a port is open says little of a database or a Redis: pycore db
    wait and pycore redis wait ask them.

    \b
    Examples:
      pycore wait localhost:8888
      pycore wait [::1]:3306 --timeout 10
    """
    from pycore._wait import wait_for_port

    host, port = _host_and_port(address)
    with waiting(session, address, address, as_json=as_json) as found:
        wait_for_port(host, port, timeout_s)
        found.update(host=host, port=port)


def _host_and_port(address: str) -> tuple[str, int]:
    from pycore.config.addresses import check_host, check_port

    host, _, port = address.rpartition(":")
    try:
        host = check_host(host)
        host.encode("idna")  # as the look-up does it: a part that is empty or too long would be refused only there
        return host, check_port(port)
    except ValueError as exc:
        why = "a part of the host's name is empty or too long" if isinstance(exc, UnicodeError) else exc
        raise click.BadParameter(
            f"{why}; write HOST:PORT, as in localhost:8888 or [::1]:8888.", param_hint="HOST:PORT"
        ) from exc
