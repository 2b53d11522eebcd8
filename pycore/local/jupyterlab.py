"""JupyterLab as Sci-Pype runs it: on the loopback by default, with a token, its own kernel, without the network.

What never changes stands in ``jupyter/jupyter_server_config.json``: the next port is never tried (it may be another
clone's), the extension page does not ask the network, no page asks for a build (which would start a Node.js), no
language server is looked for, only this environment's kernel is offered. Messages of widgets are handled in the
kernel's own thread (``jupyter/settings/overrides.json``): beside it, what a click and a text change would meet, and a
page that is loaded again might be told last what was true before. Ports and folders come on the command line,
the token from a file: neither command line nor environment of a running program is secret.
"""

from __future__ import annotations

import http.client
import json
import os
import ssl
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pycore.exceptions import MissingDependencyError

if TYPE_CHECKING:  # it needs the configuration, which is not there yet while an environment is made
    from pycore.local.hub import Hub
    from pycore.local.serving import Serving

__all__ = ["KERNEL_NAME", "answers", "command", "environment", "install_kernel", "url"]

KERNEL_NAME = "sci-pype"
_DISPLAY_NAME = "Sci-Pype (pycore)"
_CONFIGURATION = Path(__file__).parent / "jupyter"
_SOCKET_PATH_BYTES = 107  # what the system takes for the path of a Unix socket
_LONGEST_SOCKET_NAME = len("/kernel-01234567-89ab-cdef-0123-456789abcdef-ipc-5")


def command(*, port: int, notebooks: Path, runtime: Path, serving: Serving) -> list[str]:
    """Return the command line of JupyterLab on `port`, for the notebooks of a folder."""
    fits = len(os.fsencode(runtime)) + _LONGEST_SOCKET_NAME <= _SOCKET_PATH_BYTES
    return [
        sys.executable,
        "-P",  # the folder that start.sh was called from may hold a jupyterlab or a json.py of its own
        "-m",
        "jupyterlab" if serving.hub is None else "jupyterhub.singleuser",  # JupyterLab with the Hub at its door
        f"--config={_CONFIGURATION / 'jupyter_server_config.json'}",
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={notebooks}",
        f"--ServerApp.extra_static_paths={_bokeh_static()}",
        f"--LabApp.default_url={_first_page(notebooks)}",
        # Sockets of the file system are for their owner only; the loopback is for everybody on the machine.
        f"--KernelManager.transport={'ipc' if fits else 'tcp'}",
        *serving.options(),
        *_for_hub(serving.hub, notebooks),
    ]


def _for_hub(hub: Hub | None, notebooks: Path) -> list[str]:
    """Return what a server of a Hub is told besides: it does not ask JupyterLab what its first page is."""
    if hub is None:
        return []
    return [f"--ServerApp.default_url={hub.first_page or _first_page(notebooks)}", *hub.arguments]


def environment(
    inherited: Mapping[str, str], *, data_dir: Path, manifest: Path, runtime: Path, token_file: Path
) -> dict[str, str]:
    """Return the environment of JupyterLab, its kernels and the hooks: nothing of the user's own Jupyter, and no HOME.

    Parameters
    ----------
    inherited : mapping of str to str
        The environment of the start; its ``JUPYTER_*`` are left out.
    data_dir, manifest : Path
        So that a kernel finds the configuration of this start, whatever folder it works in.
    runtime, token_file : Path
        Where Jupyter keeps its sockets, and where its token stands.
    """
    kept = {name: value for name, value in inherited.items() if not name.startswith("JUPYTER")}
    own = data_dir / "jupyter"
    binaries = Path(sys.executable).parent
    return {
        **kept,
        "PATH": f"{binaries}{os.pathsep}{kept.get('PATH', os.defpath)}",
        "VIRTUAL_ENV": sys.prefix,
        "ENV_CORE_CONFIG_FILE": str(manifest),
        "ENV_DATA_DIR": str(data_dir),
        "IPYTHONDIR": str(own / "ipython"),
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_DATA_DIR": str(own / "share"),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTER_TOKEN_FILE": str(token_file),
    }


def install_kernel() -> Path:
    """Write the kernel's description into this environment, where every Jupyter of it finds it; return its folder."""
    folder = Path(sys.prefix) / "share" / "jupyter" / "kernels" / KERNEL_NAME
    description = {
        "argv": [sys.executable, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": _DISPLAY_NAME,
        "language": "python",
        "metadata": {"debugger": True},
        "kernel_protocol_version": "5.5",
    }
    text = json.dumps(description, indent=2) + "\n"
    file = folder / "kernel.json"
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        folder.mkdir(parents=True, exist_ok=True)
        draft = file.with_name("kernel.json.new")
        draft.write_text(text, encoding="utf-8")
        draft.replace(file)
    return folder


def url(address: str, notebooks: Path) -> str:
    """Return the address of the first page, without the token."""
    return f"{address}{_first_page(notebooks)}"


def answers(address: str, token: str | None) -> bool:
    """Return whether the JupyterLab with this token answers at `address`; another one would refuse the token.

    None asks what is answered to everybody: one of a Hub would ask the Hub about a token, and the Hub may be away.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    connection = (
        http.client.HTTPSConnection(host, parts.port, timeout=5, context=_of_whatever_name())
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, parts.port, timeout=5)
    )
    try:
        if token is None:
            connection.request("GET", f"{parts.path}/api")
        else:
            connection.request("GET", f"{parts.path}/api/status", headers={"Authorization": f"token {token}"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _of_whatever_name() -> ssl.SSLContext:
    """Return how to speak HTTPS to a server on this machine, whose certificate is for the name that others know."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _first_page(notebooks: Path) -> str:
    return "/lab/tree/index.ipynb" if (notebooks / "index.ipynb").exists() else "/lab"


def _bokeh_static() -> Path:
    bokeh = find_spec("bokeh")  # found, not imported: that costs half a second
    if bokeh is None or bokeh.origin is None:
        raise MissingDependencyError("Bokeh is not in this environment; ./start.sh installs it", package="bokeh")
    return Path(bokeh.origin).parent / "server" / "static"
