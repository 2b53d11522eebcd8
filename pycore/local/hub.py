"""The JupyterHub that starts a server for one of its users, as it introduces itself: by environment variables."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from urllib.parse import SplitResult, urlsplit

from pycore.exceptions import ConfigValueError, MissingDependencyError

__all__ = ["Hub"]

_EVERYWHERE = "0.0.0.0"  # noqa: S104  # the Hub is on another machine
_PORTS = {"http": 80}


@dataclass(frozen=True, kw_only=True)
class Hub:
    """Where a Hub wants the server of a user to be, and what the server needs in order to ask it who comes.

    Attributes
    ----------
    ip : str
        What the server listens on.
    port : int
        Where it listens.
    base_url : str
        The path above all its pages; begins and ends with a slash.
    variables : mapping of str to str
        The variables of the Hub, its token among them.
    arguments : tuple of str
        What the Hub adds to the command line.
    """

    ip: str
    port: int
    base_url: str
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    arguments: tuple[str, ...] = ()

    @classmethod
    def of(cls, environ: Mapping[str, str], arguments: Sequence[str] = ()) -> Hub:
        """Return what the Hub says.

        Parameters
        ----------
        environ : mapping of str to str
            The environment in which the Hub started this process.
        arguments : sequence of str, default ()
            What it added to the command line.

        Raises
        ------
        ConfigValueError
            It says too little, or wants what cannot be done.

        Examples
        --------
        >>> said = {"JUPYTERHUB_API_TOKEN": "…", "JUPYTERHUB_SERVICE_URL": "http://0.0.0.0:8888/user/ann/"}
        >>> Hub.of({**said, "JUPYTERHUB_SERVICE_PREFIX": "/user/ann/"})
        Hub(ip='0.0.0.0', port=8888, base_url='/user/ann/', arguments=())
        """
        for name in ("JUPYTERHUB_API_TOKEN", "JUPYTERHUB_SERVICE_URL"):
            if not environ.get(name):
                raise ConfigValueError(f"{name} is not set; a JupyterHub sets it when it starts a server for a user")
        address = urlsplit(environ["JUPYTERHUB_SERVICE_URL"])
        ip, port = _listens_on(address)
        return cls(
            ip=ip,
            port=port,
            base_url=environ.get("JUPYTERHUB_SERVICE_PREFIX") or "/",
            variables={name: value for name, value in environ.items() if name.startswith("JUPYTERHUB_")},
            arguments=tuple(arguments),
        )

    @property
    def first_page(self) -> str | None:
        """The page that the Hub wants to be shown first, below the base URL; None leaves it to the server."""
        return self.variables.get("JUPYTERHUB_DEFAULT_URL")

    @staticmethod
    def require_installed() -> None:
        """Raise MissingDependencyError unless JupyterHub, which has the server for its users, is installed."""
        if find_spec("jupyterhub") is None:
            raise MissingDependencyError(
                "A JupyterHub asks for a server, and JupyterHub is not installed here; "
                "build the image with --build-arg EXTRAS=hub",
                package="jupyterhub",
                extra="hub",
            )


def _listens_on(address: SplitResult) -> tuple[str, int]:
    """Return what the server is to listen on, and its port; the Hub leaves out a port that goes without saying."""
    try:
        ip = str(ipaddress.ip_address(address.hostname or _EVERYWHERE))
        port = address.port or _PORTS[address.scheme]
    except (ValueError, KeyError) as exc:
        raise ConfigValueError(
            f"JUPYTERHUB_SERVICE_URL: {address.geturl()} is not http:// with an IP address and a port; set "
            "c.Spawner.ip and c.Spawner.port in the configuration of the Hub, and no internal_ssl"
        ) from exc
    return ip, port
