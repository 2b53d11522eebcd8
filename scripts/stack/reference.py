"""What the stacks have: modes, variables, directories, secrets. The program reads it, the manual is written from it.

``make tables`` writes the tables of ``docs/operations.rst`` and ``README.rst``; a test compares the Compose files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "DIRECTORIES",
    "MODES",
    "OPTIONAL_SECRETS",
    "PROFILES",
    "SECRETS",
    "STACKS",
    "VARIABLES",
    "Directory",
    "Kind",
    "Mode",
    "Profile",
    "Secret",
    "Variable",
    "mode",
    "of_kind",
    "ports",
    "value",
    "variable",
]

Kind = Literal[
    "port", "folder", "file", "script", "memory", "bytes", "processors", "seconds", "project", "user", "login", "path",
    "theme", "index", "environment", "manifest", "flag", "number", "text", "internal",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One environment variable that a Compose file or the program reads.

    Attributes
    ----------
    name, says : str
        The variable, and what it means.
    kind : str
        What its value has to be; ``internal`` is set by the scripts alone, and in no manual.
    default : str or None
        What holds when it is unset or empty, as the Compose files write it; None: nothing.
    otherwise : str
        The default in words, where a reader would not understand the default itself.
    service : str
        Of a port: who listens.
    dev_default, standalone_default : str or None
        The default of that mode, where it has another.
    is_common : bool
        Whether the README names it, too.
    """

    name: str
    says: str
    kind: Kind
    default: str | None = None
    otherwise: str = ""
    service: str = ""
    dev_default: str | None = None
    standalone_default: str | None = None
    is_common: bool = False


@dataclass(frozen=True, kw_only=True)
class Mode:
    """A word after ``./start.sh``; `files` are its Compose files, and none is a mode without containers."""

    name: str
    runs: str
    ports: tuple[str, ...]
    files: tuple[str, ...] = ()
    has_profiles: bool = False


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A word after ``--profile``: a service that only some want."""

    name: str
    runs: str
    ports: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Directory:
    """A folder in a container whose content is kept, in a volume or in the folder that a variable names."""

    path: str
    holds: str
    volume: str
    variable: str = ""


@dataclass(frozen=True, kw_only=True)
class Secret:
    """A file in the folder of secrets, whose password is in it, and the services that read it."""

    name: str
    whose: str
    readers: tuple[str, ...] = ("jupyter",)


def _port(name: str, service: str, default: str, *, where: str = "", is_common: bool = False) -> Variable:
    says = f"the port of {service}{where}"
    return Variable(name=name, says=says, kind="port", default=default, service=service, is_common=is_common)


def _login(name: str, says: str, default: str) -> Variable:
    return Variable(name=name, says=says, kind="login", default=default)


def _text(name: str, says: str, otherwise: str) -> Variable:
    return Variable(name=name, says=says, kind="text", otherwise=otherwise)


def _proxy(name: str, says: str) -> Variable:
    return Variable(name=name, says=says, kind="index", otherwise="none")


def _script(name: str, says: str) -> Variable:
    return Variable(name=name, says=says, kind="script", otherwise="none")


def _made_of(name: str) -> Variable:
    return Variable(name=name, says="what an image is made of", kind="internal", default="")


def _read_by(name: str) -> Variable:
    return Variable(name=name, says="which files the secrets of a service are", kind="internal", default="")


VARIABLES = (
    _port("ENV_JUPYTER_PORT", "JupyterLab", "8888", is_common=True),
    _port("ENV_REDIS_PORT", "Redis", "6000", is_common=True),
    _port("ENV_DB_PORT", "MySQL", "3307", where=", with ``dev``"),
    _port("ENV_DB_PAGE_PORT", "phpMyAdmin", "8081"),
    _port("ENV_PROXY_PORT", "nginx", "8080"),
    Variable(
        name="ENV_HOST_PROJECT_DIR", says="a folder of yours for ``/opt/project``", kind="folder",
        default="project", otherwise="a volume; with ``dev`` ``notebooks``", dev_default="../notebooks", is_common=True,
    ),
    Variable(
        name="ENV_HOST_HOOKS_DIR", says="a folder of hooks, see ``docs/hooks.rst``", kind="folder",
        default="./hooks", otherwise="``compose/hooks``",
    ),
    Variable(
        name="ENV_SECRETS_DIR", says="another folder of secrets, and so another stack", kind="folder",
        default="./secrets", otherwise="``compose/secrets``", is_common=True,
    ),
    Variable(
        name="ENV_STACK_NAME", says="another name: another stack beside this one", kind="project",
        otherwise="one of this clone",
    ),
    Variable(name="ENV_STACK_TIMEOUT_S", says="how many seconds a start may take", kind="seconds", default="300"),
    Variable(
        name="ENV_CONTAINER_UID", says="the user of all containers, where root starts them", kind="user",
        default="1000",
    ),
    Variable(
        name="ENV_JUPYTER_MEMORY", says="the memory that JupyterLab may use", kind="memory", default="4g",
        is_common=True,
    ),
    Variable(
        name="ENV_REDIS_MEMORY", says="that of Redis; the cache may fill half of it", kind="memory", default="1g"
    ),
    Variable(
        name="ENV_REDIS_MAXMEMORY", says="what the cache may fill", kind="bytes", otherwise="half of that"
    ),
    Variable(name="ENV_DB_MEMORY", says="that of MySQL", kind="memory", default="1g"),
    Variable(
        name="ENV_JUPYTER_CPUS", says="how many processors JupyterLab may use", kind="processors", default="1",
        otherwise="all of the engine",
    ),
    _login("ENV_DB_USER", "who reads and writes in the database", "dbadmin"),
    _login("ENV_DB_READER", "who only reads there", "reader"),
    Variable(
        name="ENV_DEPLOYMENT_TYPE", says="the environment of JupyterLab, of ``configs/jupyter.json``",
        kind="environment", default="Test", standalone_default="Local",
        otherwise="``Test``; with ``standalone`` ``Local``",
    ),
    Variable(
        name="ENV_CORE_CONFIG_FILE", says="a manifest of yours below ``/opt/project``", kind="manifest",
        otherwise="``configs/jupyter.json`` of the image",
    ),
    _text("ENV_REDIS_HOST", "a Redis elsewhere, on ``ENV_REDIS_PORT``, for ``standalone``", "one of its own"),
    Variable(
        name="ENV_REDIS_DB_ID", says="its database, with ``standalone``", kind="number", otherwise="0"
    ),
    _text("ENV_SLACK_CHANNEL", "where messages go", "that of ``configs/slack.json``"),
    _text("ENV_SLACK_BOTNAME", "who sends them", "the same"),
    _text("ENV_SLACK_NOTIFY_USER", "who is addressed", "the same"),
    _text("ENV_SLACK_ENVNAME", "how they call the environment", "its name"),
    Variable(name="ENV_SLACK_ENABLED", says="0: they are logged instead", kind="flag", otherwise="1"),
    Variable(
        name="ENV_USE_HTTPS", says="1: JupyterLab speaks HTTPS, by a certificate of its own", kind="flag", otherwise="0"
    ),
    Variable(
        name="ENV_JUPYTER_THEME", says="``light``, ``dark``, or the name of a theme", kind="theme", otherwise="light"
    ),
    Variable(
        name="ENV_JUPYTER_BASE_URL", says="the path behind a proxy of yours", kind="path", otherwise="``/``"
    ),
    _script("ENV_PRESTART_SCRIPT", "a script in the container, before JupyterLab"),
    _script("ENV_START_SCRIPT", "one in its place, with its command line"),
    _script("ENV_POSTSTART_SCRIPT", "one for when it answers"),
    Variable(
        name="ENV_PROXY_CONFIG", says="``compose/proxy/https.conf``, or a file of yours", kind="file",
        default="./proxy/http.conf", otherwise="that for HTTP",
    ),
    Variable(
        name="ENV_PROXY_CERTIFICATES", says="the folder of ``cert.pem`` and ``key.pem``", kind="folder",
        default="./proxy", otherwise="none",
    ),
    Variable(
        name="PIP_INDEX_URL", says="where a build finds Python's packages", kind="index", otherwise="pip's own"
    ),
    _proxy("HTTP_PROXY", "the proxy of a build"),
    _proxy("HTTPS_PROXY", "the same, for HTTPS"),
    _proxy("NO_PROXY", "what it asks without one"),
    _made_of("ENV_SOURCES_ID_JUPYTER"),
    _made_of("ENV_SOURCES_ID_REDIS_SERVER"),
    _made_of("ENV_SOURCES_ID_STOCKSDB"),
    _made_of("ENV_SOURCES_ID_DATABASE_PAGE"),
    _read_by("ENV_SECRETS_ID_JUPYTER"),
    _read_by("ENV_SECRETS_ID_REDIS_SERVER"),
    _read_by("ENV_SECRETS_ID_STOCKSDB"),
    Variable(name="STACK_CALLER", says="the script that an error names", kind="internal", default="stack"),
)  # fmt: skip

MODES = (
    Mode(
        name="local",
        runs="processes of yours: JupyterLab, Redis and SQLite; the default",
        ports=("ENV_JUPYTER_PORT", "ENV_REDIS_PORT"),
    ),
    Mode(
        name="full-stack",
        runs="``jupyter``, ``redis-server`` and ``stocksdb`` (MySQL)",
        ports=("ENV_JUPYTER_PORT", "ENV_REDIS_PORT"),
        files=("full-stack.yml",),
        has_profiles=True,
    ),
    Mode(
        name="dev",
        runs="the full stack on the sources and the notebooks of this clone",
        ports=("ENV_JUPYTER_PORT", "ENV_REDIS_PORT", "ENV_DB_PORT"),
        files=("full-stack.yml", "dev.yml"),
        has_profiles=True,
    ),
    Mode(
        name="standalone",
        runs="one container: JupyterLab, a Redis of its own and SQLite",
        ports=("ENV_JUPYTER_PORT",),
        files=("standalone.yml",),
    ),
)

PROFILES = (
    Profile(name="admin", runs="also ``database-page``, to look into the database", ports=("ENV_DB_PAGE_PORT",)),
    Profile(name="proxy", runs="also ``proxy``: one origin for JupyterLab with websockets", ports=("ENV_PROXY_PORT",)),
)

DIRECTORIES = (
    Directory(
        path="/opt/project",
        holds="notebooks, and modules that any notebook imports",
        volume="project",
        variable="ENV_HOST_PROJECT_DIR",
    ),
    Directory(
        path="/opt/work/data",
        holds="``src``, ``dst``, ``bin``, ``synthesize``, ``tidy``, ``analyze``, ``output``; token and logs",
        volume="data",
    ),
    Directory(path="/data", holds="the cache: an append-only file", volume="redis"),
    Directory(path="/var/lib/mysql", holds="the tables", volume="database"),
)

SECRETS = (
    Secret(name="redis_password", whose="user ``pycore`` of Redis", readers=("redis-server", "jupyter")),
    Secret(name="redis_reader_password", whose="user ``pycore-ro``, who only reads", readers=("redis-server",)),
    Secret(name="redis_admin_password", whose="user ``admin``, who may do everything", readers=("redis-server",)),
    Secret(
        name="db_password",
        whose="user ``dbadmin`` of the database, or ``ENV_DB_USER``",
        readers=("stocksdb", "jupyter"),
    ),
    Secret(
        name="db_reader_password", whose="user ``reader``, or ``ENV_DB_READER``, who only reads", readers=("stocksdb",)
    ),
    Secret(
        name="db_root_password",
        whose="the administrator, who comes in by the socket in the container",
        readers=("stocksdb",),
    ),
)

OPTIONAL_SECRETS = (  # which JupyterLab has when they are there; compose/options has a Compose file for each
    Secret(name="jupyter_password", whose="if you make it: whoever opens JupyterLab without the token"),
    Secret(name="jupyter_pem", whose="if you make it: a certificate and its key, with which JupyterLab speaks HTTPS"),
    Secret(name="slack_token", whose="if you make it: the token of a bot, by which exceptions go to Slack"),
    Secret(name="outside_redis_password", whose="if you make it: the Redis that ``ENV_REDIS_HOST`` names"),
)

STACKS = ("full-stack", "standalone", "dev")  # the modes in containers, in the order in which one is looked for
_VARIABLES = {each.name: each for each in VARIABLES}
_MODES = {each.name: each for each in MODES}


def variable(name: str) -> Variable:
    """Return the variable of this name."""
    return _VARIABLES[name]


def mode(name: str) -> Mode:
    """Return the mode of this name."""
    return _MODES[name]


def of_kind(*kinds: Kind) -> tuple[str, ...]:
    """Return the names of the variables of these kinds."""
    return tuple(each.name for each in VARIABLES if each.kind in kinds)


def value(name: str, environ: Mapping[str, str]) -> str:
    """Return what an environment says, else the default, else an empty text; empty counts as unset."""
    return environ.get(name) or variable(name).default or ""


def ports(mode_name: str, profiles: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the names of the variables of the ports that a mode listens on with these profiles."""
    added = [name for profile in PROFILES if profile.name in profiles for name in profile.ports]
    return (*mode(mode_name).ports, *added)
