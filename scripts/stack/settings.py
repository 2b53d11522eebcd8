"""What the Compose files read: the user, the limits, folders of the caller, the secrets; and the name of the stacks."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path

from stack import checking, options, reference, sources
from stack.engine import ROOT, SETUP, StackError, docker, say

__all__ = ["for_looking", "for_starting", "hand_over_secrets", "known_prefix", "made_prefix", "make_secrets"]

_COMPOSE = ROOT / "compose"


def known_prefix() -> str | None:
    """Return what the names of this clone's containers and volumes begin with; None when nothing was ever started.

    Each clone has its own, and keeps it where its secrets are, which belong to the same volumes.
    """
    named = os.environ.get("ENV_STACK_NAME")
    if named:
        checking.check_project(named)
    kept = _folder() / "stack_name"
    return named or (kept.read_text(encoding="ascii").strip() if kept.is_file() else None)


def made_prefix() -> str:
    """Return the name of this clone's stacks, a new one where there is none."""
    known = known_prefix()
    if known is not None:
        return known
    prefix = f"sci-pype-{secrets.token_hex(3)}"
    _made_folder().joinpath("stack_name").write_text(f"{prefix}\n", encoding="ascii")
    return prefix


def for_looking() -> dict[str, str]:
    """Return what the Compose files read when nothing is started: no wish of the caller, which may be wrong by now."""
    wishes = {each.name for each in reference.VARIABLES}
    kept = {name: value for name, value in os.environ.items() if name not in wishes}
    user = reference.value("ENV_CONTAINER_UID", {})
    return kept | {"ENV_CONTAINER_UID": user, "ENV_SECRETS_DIR": str(_folder().absolute())}


def for_starting(mode: str) -> dict[str, str]:
    """Return what the Compose files read when something is started or built, of variables that were checked.

    Raises
    ------
    StackError
        The engine cannot give the services their secrets, or a folder cannot be written to.
    """
    security, _, n_processors = (
        docker("info", "--format", "{{.SecurityOptions}} {{.NCPU}}").stdout.strip().rpartition(" ")
    )
    if "rootless" in security or "userns" in security:
        raise StackError(
            SETUP,
            "the engine runs rootless or with other numbers of users, so that no service could read its files of "
            "secrets; use ./start.sh without a mode",
        )
    environ = dict(os.environ)
    environ["ENV_CONTAINER_UID"] = str(_user())
    environ |= sources.identities()
    # The engine's, which may be in another machine.
    environ["ENV_JUPYTER_CPUS"] = environ.get("ENV_JUPYTER_CPUS") or n_processors
    for name in reference.of_kind("folder", "file"):
        if environ.get(name):
            environ[name] = str(Path(environ[name]).absolute())
    environ["ENV_SECRETS_DIR"] = str(_folder().absolute())
    project = environ.get("ENV_HOST_PROJECT_DIR") or (
        reference.variable("ENV_HOST_PROJECT_DIR").dev_default if mode == "dev" else None
    )
    if project:
        _check_writable(_COMPOSE / project, int(environ["ENV_CONTAINER_UID"]))
    return environ


def make_secrets(environ: dict[str, str]) -> None:
    """Make the secrets that are missing, and let the Compose files tell when one of them is another than before.

    No value is printed, or written anywhere else.
    """
    folder = _made_folder()
    names = [secret.name for secret in reference.SECRETS]
    for name in names:
        if not (folder / name).exists():
            _write_secret(folder / name, secrets.token_hex(24))
            say("Secret", f"made {name}")
    hand_over_secrets(environ, names)


def hand_over_secrets(environ: dict[str, str], names: Sequence[str] = ()) -> None:
    """Make secrets readable for the user of the containers alone: those of `names`, and those that a stack may have.

    They are mounted with the owner and the mode that they have here.
    """
    folder, user, identities = _folder(), int(environ["ENV_CONTAINER_UID"]), []
    for file in [folder / name for name in (*names, *options.given(folder))]:
        if file.stat().st_size == 0:
            raise StackError(SETUP, f"{file} is empty; write the secret into it, or remove it")
        if os.getuid() == 0:
            os.chown(file, user, 0)
        elif file.stat().st_uid != user:
            raise StackError(SETUP, f"{file} belongs to another user; remove it, or give it to yourself")
        file.chmod(stat.S_IRUSR)
        identities.append(f"{file.stat().st_ino} {file.stat().st_mtime_ns}")
    # Which files these are, not what is in them: a service begins anew when one of them is another.
    environ["ENV_SECRETS_ID"] = hashlib.sha256("\n".join(identities).encode()).hexdigest()[:16]


def _folder() -> Path:
    named = os.environ.get("ENV_SECRETS_DIR")
    return Path(named) if named else _COMPOSE / reference.value("ENV_SECRETS_DIR", {})


def _made_folder() -> Path:
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _write_secret(file: Path, value: str) -> None:
    unfinished = file.with_name(f"{file.name}.new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600, exist_ok=False)  # before there is anything in it
    unfinished.write_text(value, encoding="ascii")
    unfinished.rename(file)


def _user() -> int:
    """Return who runs in the containers: the caller, who owns the secrets; for root, whom he chooses or 1000."""
    named = int(os.environ.get("ENV_CONTAINER_UID") or 0)
    return os.getuid() or named or int(reference.value("ENV_CONTAINER_UID", {}))


def _check_writable(folder: Path, user: int) -> None:
    """Raise StackError unless the user of the containers, whose group is 0, may write to the folder."""
    found = folder.stat()
    if found.st_uid == user or found.st_mode & stat.S_IWOTH or (found.st_gid == 0 and found.st_mode & stat.S_IWGRP):
        return
    raise StackError(
        SETUP,
        f"user {user} of the containers cannot write to {folder}; "
        "chgrp -R 0 and chmod -R g+rwX it, or do not start as root",
    )
