"""The files of secrets: made where they are missing, and readable for the user of the containers alone."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from pathlib import Path

from stack import options, reference
from stack.engine import SETUP, StackError, say

__all__ = ["check", "hand_over", "locked", "made_folder", "write"]


def check(folder: Path, mode: str) -> None:
    """Raise StackError if a secret that is there cannot be one: a link, which may lead anywhere, or an empty file."""
    always = () if mode == "standalone" else reference.SECRETS
    for secret in (*always, *reference.OPTIONAL_SECRETS):
        if os.path.lexists(folder / secret.name):
            _checked(folder / secret.name)


def hand_over(environ: MutableMapping[str, str], mode: str) -> None:
    """Make the secrets that are missing, and let the user of the containers read them, and nobody else.

    They are mounted with the owner and the mode that they have here. No value is printed, or written anywhere else. For
    each service `environ` gets which files its secrets are, not what is in them: it begins anew when one is another.
    """
    user, readers = int(environ["ENV_CONTAINER_UID"]), dict[str, list[str]]()
    with locked(made_folder()) as folder:
        for secret in _of_mode(folder, mode):
            file = folder / secret.name
            if not os.path.lexists(file):
                write(file, secrets.token_hex(24))
                say("Secret", f"made {secret.name}")
            identity = _handed_over(file, user)
            for reader in secret.readers:
                readers.setdefault(reader, []).append(f"{secret.name} {identity}")
    for reader, identities in readers.items():
        digest = hashlib.sha256("\n".join(identities).encode()).hexdigest()[:16]
        environ[f"ENV_SECRETS_ID_{reader.upper().replace('-', '_')}"] = digest


def made_folder() -> Path:
    """Return the folder of the secrets, which is there."""
    folder = options.folder_of_secrets(os.environ)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextmanager
def locked(folder: Path) -> Iterator[Path]:
    """Within this block no other start makes or changes a file of the folder.

    Raises
    ------
    StackError
        Something of the folder cannot be read or written.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            with suppress(OSError):  # a file system without locks: then two starts at once are the operator's to avoid
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield folder
        finally:
            os.close(descriptor)
    except OSError as exc:
        raise StackError(SETUP, f"{exc.filename or folder} cannot be read or written: {exc.strerror}") from exc


def write(file: Path, text: str) -> None:
    """Write a file that only its owner reads, all of it or nothing."""
    unfinished = file.with_name(f"{file.name}.new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600, exist_ok=False)  # before there is anything in it
    unfinished.write_text(text, encoding="ascii")
    unfinished.rename(file)


def _of_mode(folder: Path, mode: str) -> list[reference.Secret]:
    """Return the secrets that every stack of a mode has, and those that are there for this one."""
    always = () if mode == "standalone" else reference.SECRETS
    given = set(options.given(folder))
    return [*always, *(secret for secret in reference.OPTIONAL_SECRETS if secret.name in given)]


def _checked(file: Path) -> os.stat_result:
    found = file.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise StackError(
            SETUP,
            f"{file} is a link; put the file itself there, for whoever runs in the containers becomes its owner",
        )
    if not stat.S_ISREG(found.st_mode):
        raise StackError(SETUP, f"{file} is no file; write the secret into one, or remove it")
    if found.st_size == 0:
        raise StackError(SETUP, f"{file} is empty; write the secret into it, or remove it")
    return found


def _handed_over(file: Path, user: int) -> str:
    """Give a file to the user of the containers, and return which one it is."""
    found = _checked(file)
    if os.getuid() == 0:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW)  # nobody may put a link in its place meanwhile
        try:
            os.fchown(descriptor, user, 0)
            os.fchmod(descriptor, stat.S_IRUSR)
        finally:
            os.close(descriptor)
    elif found.st_uid != user:
        raise StackError(SETUP, f"{file} belongs to another user; remove it, or give it to yourself")
    else:
        file.chmod(stat.S_IRUSR)
    return f"{found.st_ino} {found.st_mtime_ns}"
