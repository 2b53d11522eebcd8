"""What the Compose files read: the user, the limits, folders of the caller, the secrets; and the name of the stacks."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path

from stack import options
from stack.engine import ROOT, SETUP, StackError, docker, say

__all__ = ["for_looking", "for_starting", "hand_over_secrets", "known_prefix", "made_prefix", "make_secrets"]

NAMES = (
    "redis_password",
    "redis_reader_password",
    "redis_admin_password",
    "db_password",
    "db_reader_password",
    "db_root_password",
)
_FOLDERS = ("ENV_HOST_PROJECT_DIR", "ENV_HOST_HOOKS_DIR", "ENV_PROXY_CERTIFICATES")
_INSIDE = ("ENV_PRESTART_SCRIPT", "ENV_START_SCRIPT", "ENV_POSTSTART_SCRIPT", "ENV_CORE_CONFIG_FILE")
_USER_OF_ROOT = 1000


def known_prefix() -> str | None:
    """Return what the names of this clone's containers and volumes begin with; None when nothing was ever started.

    Each clone has its own, and keeps it where its secrets are, which belong to the same volumes.
    """
    named = os.environ.get("ENV_STACK_NAME")
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
    """Return what the Compose files read when nothing is started: none of the caller's folders, which may be gone."""
    kept = {name: value for name, value in os.environ.items() if name not in {*_FOLDERS, *_INSIDE, "ENV_PROXY_CONFIG"}}
    return kept | {"ENV_CONTAINER_UID": str(_USER_OF_ROOT), "ENV_SECRETS_DIR": str(_folder().absolute())}


def for_starting(mode: str) -> dict[str, str]:
    """Return what the Compose files read when something is started or built.

    Raises
    ------
    StackError
        A variable says what cannot be.
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
    environ.setdefault("ENV_JUPYTER_CPUS", n_processors)  # the engine's, which may be in another machine
    if environ.get("ENV_SECRETS_DIR"):
        _existing("ENV_SECRETS_DIR", _folder())  # a mistyped one would change every password
    environ["ENV_SECRETS_DIR"] = str(_folder().absolute())
    for name in _INSIDE:
        if not (environ.get(name) or "/opt/").startswith("/opt/"):
            raise StackError(
                SETUP,
                f"{name} names {environ[name]}, which no container has; "
                "put the file into compose/hooks or the folder of /opt/project, or unset the variable",
            )
    for name in (*_FOLDERS, "ENV_PROXY_CONFIG"):
        if environ.get(name):
            environ[name] = str(_existing(name, Path(environ[name])))
    project = environ.get("ENV_HOST_PROJECT_DIR") or (ROOT / "notebooks" if mode == "dev" else None)
    if project:
        _check_writable(Path(project), int(environ["ENV_CONTAINER_UID"]))
    return environ


def make_secrets(environ: dict[str, str]) -> None:
    """Make the secrets that are missing, and let the Compose files tell when one of them is another than before.

    No value is printed, or written anywhere else.
    """
    folder = _made_folder()
    for name in NAMES:
        if not (folder / name).exists():
            _write_secret(folder / name, secrets.token_hex(24))
            say("Secret", f"made {name}")
    hand_over_secrets(environ, NAMES)


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
    return Path(os.environ.get("ENV_SECRETS_DIR") or ROOT / "compose" / "secrets")


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
    caller, named = os.getuid(), os.environ.get("ENV_CONTAINER_UID", "")
    if named and not named.isdecimal():
        raise StackError(SETUP, f"ENV_CONTAINER_UID is {named!r}; it is the number of a user")
    if caller == 0:
        return int(named or 0) or _USER_OF_ROOT
    if named and int(named) != caller:
        raise StackError(
            SETUP, f"ENV_CONTAINER_UID is {named}, who could not read your files of secrets; only root may choose"
        )
    return caller


def _existing(name: str, path: Path) -> Path:
    is_there = path.is_file() if name == "ENV_PROXY_CONFIG" else path.is_dir()
    if not is_there:
        what = "file" if name == "ENV_PROXY_CONFIG" else "folder"
        raise StackError(SETUP, f"{name} names {path}, which is no {what}; make it, or unset the variable")
    return path.absolute()


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
