"""What the Compose files read: the user, the limits, folders of the caller; and the name of the stacks."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from stack import checking, options, reference, secret_files, sources
from stack.engine import ROOT, SETUP, StackError, docker

__all__ = ["for_looking", "for_starting", "known_prefix", "made_prefix"]

_NAME = "stack_name"
_COMPOSE = ROOT / "compose"


def known_prefix() -> str | None:
    """Return what the names of this clone's containers and volumes begin with; None when nothing was ever started.

    Each clone has its own, and keeps it where its secrets are, which belong to the same volumes.

    Raises
    ------
    StackError
        It is no name.
    """
    named = os.environ.get("ENV_STACK_NAME")
    if named:
        checking.check_project(named)
        return named
    file = options.folder_of_secrets(os.environ) / _NAME
    if not file.is_file():
        return None
    kept = file.read_text(encoding="utf-8", errors="replace").strip()
    if not checking.is_project(kept):
        raise StackError(
            SETUP,
            f"{file} holds no name; write into it what the volumes of this clone begin with, which docker volume ls "
            "shows, or remove it: a start makes another name, with volumes of its own",
        )
    return kept


def made_prefix() -> str:
    """Return the name of this clone's stacks, a new one where there is none."""
    with secret_files.locked(secret_files.made_folder()) as folder:
        known = known_prefix()
        if known is None:
            known = f"sci-pype-{secrets.token_hex(3)}"
            secret_files.write(folder / _NAME, f"{known}\n")
    return known


def for_looking() -> dict[str, str]:
    """Return what the Compose files read when nothing is started: no wish of the caller, which may be wrong by now."""
    wishes = {each.name for each in reference.VARIABLES}
    kept = {name: value for name, value in os.environ.items() if name not in wishes}
    user = reference.value("ENV_CONTAINER_UID", {})
    return kept | {"ENV_CONTAINER_UID": user, "ENV_SECRETS_DIR": str(options.folder_of_secrets(os.environ))}


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
    environ["ENV_SECRETS_DIR"] = str(options.folder_of_secrets(os.environ))
    project = environ.get("ENV_HOST_PROJECT_DIR") or (
        reference.variable("ENV_HOST_PROJECT_DIR").dev_default if mode == "dev" else None
    )
    if project:
        _check_writable(_COMPOSE / project, int(environ["ENV_CONTAINER_UID"]))
    return environ


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
