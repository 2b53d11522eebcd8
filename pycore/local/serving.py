"""How JupyterLab is served: where it listens, below which path, over HTTPS or not, by which password, in which theme.

Without a word about it: on the loopback, over HTTP, by its token alone. A password comes beside the token, never in its
place, and stands nowhere but as a hash in a file of the run folder.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pycore.config import Config
from pycore.config.environment import check_flag
from pycore.config.secrets import SecretReference, SecretSource, read_secret
from pycore.exceptions import ConfigValueError
from pycore.local.certificate import self_signed
from pycore.local.hub import Hub

__all__ = ["Serving"]

_LOOPBACK = "127.0.0.1"
_BASE_URL = re.compile(r"/?([A-Za-z0-9._~-]+/)*[A-Za-z0-9._~-]*")
_THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
_SETTINGS = Path(__file__).parent / "jupyter" / "settings"


@dataclass(frozen=True, kw_only=True)
class Serving:
    """What a start tells JupyterLab beyond its port and its folder.

    Attributes
    ----------
    ip : str
        What it listens on.
    base_url : str
        The path above all its pages; begins and ends with a slash.
    certificate : Path or None
        Certificate and key in one file, for HTTPS.
    password : Path or None
        The folder of the file with the hash of the password.
    settings : Path
        The folder of the settings that users may override.
    hub : Hub or None
        The JupyterHub that lets people in, in place of token and password.
    """

    ip: str = _LOOPBACK
    base_url: str = "/"
    certificate: Path | None = None
    password: Path | None = None
    settings: Path = _SETTINGS
    hub: Hub | None = None

    @classmethod
    def of(cls, config: Config, folder: Path) -> Serving:
        """Return what the configuration says; what has to be written is written below `folder`, for its owner only.

        Raises
        ------
        ConfigError
            A variable says nothing that can be done, or the file that it names is missing.
        """
        return cls(
            ip=_ip(config),
            base_url=_base_url(config),
            certificate=_certificate(config, folder),
            password=_password(config, folder / "password"),
            settings=_settings(config, folder / "settings"),
        )

    @classmethod
    def of_hub(cls, hub: Hub, config: Config, folder: Path) -> Serving:
        """Return what a Hub says, which has its own HTTPS and knows its people; how it looks is said by `config`."""
        return cls(ip=hub.ip, base_url=hub.base_url, settings=_settings(config, folder / "settings"), hub=hub)

    def address(self, port: int) -> str:
        """Return where it answers on this machine, without a slash at the end.

        Examples
        --------
        >>> Serving(ip="0.0.0.0", base_url="/lab/").address(8888)
        'http://127.0.0.1:8888/lab'
        """
        listens_on = ipaddress.ip_address(self.ip)
        host = _LOOPBACK if listens_on.is_unspecified else self.ip
        scheme = "http" if self.certificate is None else "https"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}{self.base_url.rstrip('/')}"

    def options(self) -> list[str]:
        """Return what is added to the command line; it says no secret."""
        options = [f"--LabApp.app_settings_dir={self.settings}"]
        if not ipaddress.ip_address(self.ip).is_loopback:
            # Whoever comes from elsewhere knows this machine by a name that it does not know itself.
            options += [f"--ServerApp.ip={self.ip}", "--ServerApp.allow_remote_access=True"]
        if self.base_url != "/":
            options.append(f"--ServerApp.base_url={self.base_url}")
        if self.certificate is not None:
            options += [f"--ServerApp.certfile={self.certificate}", f"--ServerApp.keyfile={self.certificate}"]
        return options

    def environment(self) -> dict[str, str]:
        """Return what is added to the environment of JupyterLab."""
        if self.hub is not None:
            return dict(self.hub.variables)
        return {} if self.password is None else {"JUPYTER_CONFIG_PATH": str(self.password)}


def _ip(config: Config) -> str:
    text = config.get("ENV_JUPYTER_IP") or _LOOPBACK
    try:
        return str(ipaddress.ip_address(text))
    except ValueError as exc:
        raise ConfigValueError(
            f"ENV_JUPYTER_IP: {text} is no IP address; set it to 0.0.0.0 to listen everywhere, or unset it"
        ) from exc


def _base_url(config: Config) -> str:
    text = config.get("ENV_JUPYTER_BASE_URL") or "/"
    if not _BASE_URL.fullmatch(text):
        raise ConfigValueError(f"ENV_JUPYTER_BASE_URL: {text} is no path; set it to one such as /lab/, or unset it")
    inner = text.strip("/")
    return f"/{inner}/" if inner else "/"


def _certificate(config: Config, folder: Path) -> Path | None:
    named = config.get("ENV_JUPYTER_PEM_FILE")
    if named is not None:
        file = Path(named).expanduser().absolute()
        if not os.access(file, os.R_OK):
            raise ConfigValueError(
                f"ENV_JUPYTER_PEM_FILE names {file}, which cannot be read; put certificate and key there, or unset it"
            )
        return file
    try:
        wanted = check_flag(config.get("ENV_USE_HTTPS") or "0")
    except ValueError as exc:
        raise ConfigValueError(f"ENV_USE_HTTPS: {exc}; set it to 1 or 0, or unset it") from exc
    return self_signed(folder / "jupyter.pem") if wanted else None


def _password(config: Config, folder: Path) -> Path | None:
    """Write the hash of the password where Jupyter looks for it; command lines can be read by everybody."""
    named = config.get("ENV_JUPYTER_PASSWORD_FILE")
    if named is None:
        return None
    from jupyter_server.auth.security import passwd

    reference = SecretReference.model_validate({"$secret": SecretSource(file=named)})
    secret = read_secret(reference, {}, named_at="ENV_JUPYTER_PASSWORD_FILE")
    hash_of: Callable[[str], str] = passwd
    hashed = hash_of(secret.reveal() if secret is not None else "")
    _write(folder / "jupyter_config.json", {"PasswordIdentityProvider": {"hashed_password": hashed}})
    return folder


def _settings(config: Config, folder: Path) -> Path:
    theme = config.get("ENV_JUPYTER_THEME")
    if theme is None:
        return _SETTINGS
    settings = json.loads((_SETTINGS / "overrides.json").read_text(encoding="utf-8"))
    settings["@jupyterlab/apputils-extension:themes"] = {"theme": _THEMES.get(theme.lower(), theme)}
    _write(folder / "overrides.json", settings)
    return folder


def _write(file: Path, content: dict[str, object]) -> None:
    file.parent.mkdir(exist_ok=True, mode=0o700)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=2)
