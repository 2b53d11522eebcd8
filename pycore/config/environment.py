"""Every environment variable that pycore reads: one table, and the only functions that read them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from pycore.config.addresses import check_port
from pycore.exceptions import ConfigValueError, UnknownNameError

__all__ = ["SETTINGS", "Setting", "read", "read_flag", "read_port", "setting"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One environment variable.

    Attributes
    ----------
    name : str
        The variable.
    default : str or None
        What holds when it is unset or empty; None: nothing, or what the files say.
    help : str
        What it does, in one sentence.
    """

    name: str
    default: str | None
    help: str


SETTINGS: tuple[Setting, ...] = tuple(
    Setting(name=name, default=default, help=text)
    for name, default, text in (
        ("ENV_DEPLOYMENT_TYPE", None, "Environment to use; else default_environment of the manifest."),
        ("ENV_CORE_CONFIG_FILE", None, "Manifest; else configs/jupyter.json upwards from the working directory."),
        ("ENV_DATA_DIR", None, "Folder of databases, caches and output; else data beside the configs folder."),
        ("ENV_REDIS_HOST", "127.0.0.1", "Host of the local Redis; goes before data/run/local.json and the file."),
        ("ENV_REDIS_PORT", "6000", "Port of the local Redis; goes before data/run/local.json and the file."),
        ("ENV_REDIS_PASSWORD", None, "Password of each Redis application whose file names none."),
        ("ENV_REDIS_PASSWORD_FILE", None, "File with that password; read where ENV_REDIS_PASSWORD is not set."),
        ("ENV_REDIS_DB_ID", None, "Database number of every Redis application; goes before the file."),
        ("ENV_DB_USER", None, "User of the database STOCKS, where its file names one; goes before the file."),
        ("ENV_JUPYTER_PORT", "8888", "Port of JupyterLab."),
        ("ENV_JUPYTER_IP", "127.0.0.1", "Address JupyterLab listens on; 0.0.0.0 is every one."),
        ("ENV_JUPYTER_BASE_URL", None, "Path above all pages of JupyterLab, for a proxy that passes it on."),
        ("ENV_JUPYTER_PASSWORD_FILE", None, "File with a password that opens JupyterLab beside its token."),
        ("ENV_USE_HTTPS", None, "1 or 0: whether JupyterLab speaks HTTPS, by a certificate that it makes itself."),
        ("ENV_JUPYTER_PEM_FILE", None, "Certificate and key in one file, for HTTPS; goes before ENV_USE_HTTPS."),
        ("ENV_JUPYTER_THEME", None, "Theme of JupyterLab until its user chooses another: light, dark or a name."),
        ("ENV_PROJ_DIR", None, "Folder that JupyterLab shows; else the notebooks of the clone."),
        ("ENV_PRESTART_SCRIPT", None, "Script run when Redis and the data are ready, before Jupyter starts."),
        ("ENV_START_SCRIPT", None, "Script run in place of Jupyter; it gets Jupyter's command line as arguments."),
        ("ENV_POSTSTART_SCRIPT", None, "Script run once Jupyter answers."),
        ("ENV_HOOKS_DIR", None, "Folder of pre-start.d, post-start.d and stop.d, in which each *.sh is run, too."),
        ("ENV_SYNTHESIZE_BIN", None, "Program of the stage synthesize; else bin/synthesize.sh in the data folder."),
        ("ENV_TIDY_BIN", None, "Program of the stage tidy; else bin/tidy.sh in the data folder."),
        ("ENV_ANALYZE_BIN", None, "Program of the stage analyze; else bin/analyze.sh in the data folder."),
        ("ENV_OUTPUT_BIN", None, "Program of the stage output; else bin/output-model.sh in the data folder."),
        (
            "ENV_REDIS_MODEL_OUT_BIN",
            None,
            "Program of the stage redis-model; else bin/redis-model.sh there.",
        ),
        ("ENV_SYNTHESIZE_DIR", None, "Folder of the stage synthesize; else synthesize in the data folder."),
        ("ENV_TIDY_DIR", None, "Folder of the stage tidy; else tidy in the data folder."),
        ("ENV_ANALYZE_DIR", None, "Folder of the stage analyze; else analyze in the data folder."),
        ("ENV_OUTPUT_DIR", None, "Folder of the stages output and redis-model; else output in the data folder."),
        ("ENV_SLACK_ENABLED", None, "1 or 0: whether messages go to Slack; goes before slack.json."),
        ("ENV_SLACK_TOKEN", None, "Slack token, as slack.json refers to it; without it messages are logged."),
        ("ENV_SLACK_TOKEN_FILE", None, "File with that token; read where ENV_SLACK_TOKEN is not set."),
        ("ENV_SLACK_CHANNEL", None, "Slack channel; goes before slack.json."),
        ("ENV_SLACK_BOTNAME", None, "Name the messages are sent under; goes before slack.json."),
        ("ENV_SLACK_NOTIFY_USER", None, "Who is addressed in a message; goes before slack.json."),
        ("ENV_SLACK_ENVNAME", None, "Name of the environment in a message; goes before slack.json."),
    )
)
_BY_NAME = {entry.name: entry for entry in SETTINGS}
_FLAGS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def setting(name: str) -> Setting:
    """Return the entry of the table called `name`, or raise UnknownNameError."""
    try:
        return _BY_NAME[name]
    except KeyError:
        raise UnknownNameError.of("setting", name, list(_BY_NAME)) from None


def read(name: str, environ: Mapping[str, str] | None = None) -> str | None:
    """Return what the variable `name` says, else its default.

    An empty variable counts as unset: container files cannot unset one.

    Parameters
    ----------
    name : str
        A name of :data:`SETTINGS`.
    environ : mapping of str to str, optional
        Where to look; default the environment of the process.

    Examples
    --------
    >>> read("ENV_REDIS_PORT", {"ENV_REDIS_PORT": "6001"}), read("ENV_REDIS_PORT", {})
    ('6001', '6000')
    """
    entry = setting(name)
    return given(name, environ) or entry.default


def given(name: str, environ: Mapping[str, str] | None = None) -> str | None:
    """Return what the variable `name` says; None when it is unset or empty."""
    return (os.environ if environ is None else environ).get(name) or None


def read_port(name: str, environ: Mapping[str, str] | None = None) -> int | None:
    """Return the port that the variable `name` says, else its default.

    Raises
    ------
    ConfigValueError
        When it is not a number from 1 to 65535.
    """
    text = read(name, environ)
    if text is None:
        return None
    try:
        return check_port(text)
    except ValueError as exc:
        raise ConfigValueError(
            f"{name}: {exc}. Set it to a free port such as 6000, or unset it.", pointer=name
        ) from exc


def read_flag(name: str, environ: Mapping[str, str] | None = None) -> bool | None:
    """Return the yes or no that the variable `name` says; None when it is unset and has no default.

    Raises
    ------
    ConfigValueError
        When it is neither.
    """
    text = read(name, environ)
    if text is None:
        return None
    try:
        return check_flag(text)
    except ValueError as exc:
        raise ConfigValueError(f"{name}: {exc}. Set it to 1 or 0, or unset it.", pointer=name) from exc


def check_flag(text: str) -> bool:
    """Return the yes or no that `text` says, or raise ValueError."""
    try:
        return _FLAGS[text.strip().lower()]
    except KeyError:
        raise ValueError("it says neither yes nor no") from None
