"""Checks of what an environment names: its secrets, its Redis, its databases and their data."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pycore.cli._findings import attempt, failed, passed, skipped
from pycore.cli._render import size
from pycore.config.addresses import parse_address
from pycore.exceptions import AuthenticationError, ConfigError, DatasetError, PycoreError
from pycore.results import CheckResult

if TYPE_CHECKING:
    from pycore.cache import Cache
    from pycore.config import Config, SecretReference
    from pycore.config.models import RedisApplication
    from pycore.core import PyCore
    from pycore.database import Database

__all__ = ["databases", "redis", "redis_memory", "redis_version", "secrets", "slack", "tables_of"]

MINIMUM_REDIS = (6, 2)
_SERVICE = 4
_WRITE_IT = "write the secret where the configuration looks for it, or change the reference (pycore config show)"


def secrets(config: Config) -> CheckResult:
    """Check that every secret that this environment refers to can be read."""
    references = list(_references(config))
    if not references:
        return skipped("secrets", "this environment refers to none")

    def read() -> str:
        for reference in references:
            config.secret(reference)
        return f"{len(references)} can be read"

    return attempt("secrets", read, cure=_WRITE_IT)


def _references(config: Config) -> Iterator[SecretReference]:
    """Yield each reference once; Slack's may be missing, then messages are logged."""
    seen = set()
    references = [application.password for application in config.redis.values()]
    references += [application.password for application in config.databases.values()]
    for reference in references:
        if reference is not None and reference not in seen:
            seen.add(reference)
            yield reference


def slack(config: Config) -> CheckResult:
    """Check where messages go; without a token they are logged, which is no fault."""
    settings = config.slack
    if settings is None or not settings.enabled:
        return skipped("Slack", "switched off: messages are logged")

    def read() -> str:
        if not config.secret(settings.token, required=False):
            return ""
        return f"messages go to {settings.channel}"

    found = attempt("Slack", read, cure="correct the token's reference, or switch Slack off: ENV_SLACK_ENABLED=0")
    return skipped("Slack", "there is no token: messages are logged") if found.ok and not found.detail else found


def redis(core: PyCore) -> list[CheckResult]:
    """Check each Redis server that the environment names: it answers, its version, its memory."""
    groups = _servers(core)
    if not groups:
        return [skipped("Redis", "this environment has none")]
    results = []
    for names in groups:
        label = "Redis" if len(groups) == 1 else f"Redis {names[0]}"
        cache = core.caches[names[0]]
        answers = _answers(label, core, names)
        results += [answers, *(_state(label, cache) if answers.ok else [])]
    return results


def _state(label: str, cache: Cache) -> list[CheckResult]:
    try:
        server = cache.server()
    except PycoreError as exc:  # a user who may use keys need not have the right to ask for this
        cure = "give the user of the application the right to INFO (ACL SETUSER … +info), and check again"
        return [failed(f"{label} version", str(exc), cure=cure, exit_code=exc.exit_code)]
    return [redis_version(server, label=label), redis_memory(server, label=label)]


def _servers(core: PyCore) -> list[list[str]]:
    """Return the names of the applications, those together that have one server and one user."""
    groups: dict[tuple[Any, ...], list[str]] = {}
    for name, application in core.config.redis.items():
        groups.setdefault((application.address, application.user, application.password), []).append(name)
    return list(groups.values())


def _answers(label: str, core: PyCore, names: Sequence[str]) -> CheckResult:
    cache = core.caches[names[0]]
    try:
        seconds = cache.ping()
        cache.versions("pycore-doctor")  # a server that answers may yet lack the scripts of the cache
    except PycoreError as exc:
        refused = "put the password of the server into the secret that its application names (pycore config show redis)"
        return _unanswered(label, exc, refused=refused, away=_cure_of_redis(core.config.redis[names[0]], exc))
    return passed(label, f"{cache.address} answers in {seconds * 1000:.1f} ms ({', '.join(names)})")


def _cure_of_redis(application: RedisApplication, exc: PycoreError) -> str:
    """Return what helps against a Redis that does not answer: only one on this machine can be started here."""
    correct = "correct its address (pycore config show redis)"
    address = parse_address(application.address)
    if address.is_local:
        return f"pycore redis start, or ./start.sh; for another server {correct}"
    if any(isinstance(cause, socket.gaierror) for cause in _causes(exc)):
        hosts = ", ".join(host for host, _ in address.hosts)
        return (
            f"nothing knows a host {hosts}: start the service of that name (a container that is stopped has none), "
            f"run this where the name is known, or {correct}"
        )
    return f"start the server at that address, look at the network between, or {correct}"


def _causes(exc: BaseException | None) -> Iterator[BaseException]:
    while exc is not None:
        yield exc
        exc = exc.__cause__ or exc.__context__


def redis_version(
    server: Mapping[str, Any], *, label: str = "Redis", minimum: tuple[int, ...] = MINIMUM_REDIS
) -> CheckResult:
    """Check that the server is new enough."""
    name, version = f"{label} version", str(server["version"])
    if tuple(int(part) for part in version.split(".")[:2]) >= minimum:
        return passed(name, version)
    wanted = ".".join(map(str, minimum))
    cure = f"install Redis {wanted} or newer"
    return failed(name, f"{version} is older than {wanted}", cure=cure, exit_code=_SERVICE)


def redis_memory(server: Mapping[str, Any], *, label: str = "Redis", fullest: float = 0.95) -> CheckResult:
    """Check that the server may still take what is put into it."""
    name = f"{label} memory"
    used, limit = int(server["used_memory_bytes"]), int(server["maxmemory_bytes"])
    if not limit:
        return passed(name, f"{size(used)} used, no limit")
    detail = f"{size(used)} of {size(limit)} used"
    if used < fullest * limit:
        return passed(name, detail)
    cure = "remove what is not needed (pycore cache ls, pycore cache rm), or raise maxmemory"
    return failed(name, detail, cure=cure, exit_code=_SERVICE)


def databases(core: PyCore) -> list[CheckResult]:
    """Check each database: it answers, and the bundled tables that data sets need are loaded."""
    if not core.databases:
        return [skipped("database", "this environment has none; data sets come from the package")]
    results = []
    for name in core.databases:
        database = core.databases[name]
        answers = _database_answers(database)
        results.append(answers)
        if answers.ok:
            results.append(_data_loaded(database, tables_of(core.config, name)))
    return results


def tables_of(config: Config, database: str) -> list[str]:
    """Return the bundled tables that data sets read from `database`."""
    found = {
        table
        for spec in config.datasets.values()
        if spec.source.kind == "sql" and spec.source.database == database
        for table in spec.source.bundled
    }
    return sorted(found)


def _database_answers(database: Database) -> CheckResult:
    name = f"database {database.name}"
    try:
        database.ready()
    except PycoreError as exc:
        refused = "correct the user and the secret that its application names (pycore config show)"
        local = database.identity["address"].startswith("sqlite")
        load = f"pycore db load -a {database.name}"
        correct = "start it (a service of a stack: ./start.sh full-stack), or correct its address (pycore config show)"
        return _unanswered(name, exc, refused=refused, away=load if local else correct)
    return passed(name, f"{database.address} answers")


def _unanswered(name: str, exc: PycoreError, *, refused: str, away: str) -> CheckResult:
    """Return that a service gave no answer, with the cure for why: no secret, a wrong one, or nobody there."""
    cure = _WRITE_IT if isinstance(exc, ConfigError) else refused if isinstance(exc, AuthenticationError) else away
    return failed(name, str(exc), cure=cure, exit_code=exc.exit_code)


def _data_loaded(database: Database, tables: Sequence[str]) -> CheckResult:
    name = f"data in {database.name}"
    if not tables:
        return skipped(name, "no data set needs a bundled table there")

    def look() -> str:
        absent = [table for table in tables if not database.ready(table)]
        if absent:
            raise DatasetError(f"{', '.join(absent)}: not loaded, or not to the end")
        return f"{len(tables)} tables are loaded: {', '.join(tables)}"

    return attempt(name, look, cure=f"pycore db load -a {database.name}")
