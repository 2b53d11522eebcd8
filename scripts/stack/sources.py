"""What each image is made of, as one word: images are known by their version, which other sources may have, too.

Each image has its own as a label, so that one which is built again from the same sources stays the same image.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

from stack.engine import ROOT, SETUP, StackError

__all__ = ["IMAGES", "LABEL", "identities", "variable"]

LABEL = "sci-pype.sources"
_PACKAGES = ("constraints.txt", "containerfiles/install-packages.sh")
# The Containerfile, and what it takes from this clone. Left out is what is fetched, which differs from machine to
# machine, and says the same: certificates, wheels and the packages of Debian.
IMAGES: Mapping[str, tuple[str, ...]] = {
    "jupyter": (
        "containerfiles/jupyter/Containerfile", *_PACKAGES, "containerfiles/install-debian-packages.sh",
        "constraints-hub.txt", "pyproject.toml", "README.rst", "LICENSE", "configs", "notebooks", "pycore",
        "wait-for-its",
        "containerfiles/jupyter/ipython_config.py", "containerfiles/jupyter/start-jupyter.sh",
        "containerfiles/jupyter/jupyter-answers.sh", "containerfiles/jupyter/jupyter-address.sh",
    ),
    "redis-server": (
        "containerfiles/redis-server/Containerfile", "pycore/cache/scripts", "scripts/build_redis_scripts.py",
        "containerfiles/redis-server/start-redis.sh", "containerfiles/redis-server/redis-answers.sh",
        "containerfiles/redis-server/redis-cli.sh", "containerfiles/redis-server/load-scripts.sh",
    ),
    "stocksdb": (
        "containerfiles/stocksdb/Containerfile", *_PACKAGES, "pycore", "scripts/build_init_sql.py",
        "containerfiles/stocksdb/start-stocksdb.sh", "containerfiles/stocksdb/stocksdb-is-ready.sh",
        "containerfiles/stocksdb/users.sh", "containerfiles/stocksdb/sci-pype.cnf",
        "containerfiles/stocksdb/10-users.sh", "containerfiles/stocksdb/30-finished.sh",
    ),
    "database-page": (
        "containerfiles/database-page/Containerfile", "containerfiles/database-page/config.user.inc.php",
        "containerfiles/database-page/start-page.sh", "containerfiles/database-page/page-answers.sh",
    ),
}  # fmt: skip
_MADE = {"__pycache__", ".ipynb_checkpoints"}  # as in .dockerignore
_COMPILED = {".pyc", ".pyo", ".pyd"}


def variable(image: str) -> str:
    """Return the name by which the Compose files know what an image is made of."""
    return f"ENV_SOURCES_ID_{image.upper().replace('-', '_')}"


def identities(root: Path = ROOT) -> dict[str, str]:
    """Return, by variable, a digest of the names, modes and contents of all files that an image is built from.

    Raises
    ------
    StackError
        One of them cannot be read.
    """
    try:
        return {variable(image): _identity(root, parts) for image, parts in IMAGES.items()}
    except OSError as exc:
        raise StackError(
            SETUP, f"{exc.filename} cannot be read ({exc.strerror}), and the images are made of it"
        ) from exc


def _identity(root: Path, parts: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for file in sorted(file for part in parts for file in _files(root / part)):
        found = file.lstat()
        if stat.S_ISREG(found.st_mode):  # no link of an editor that leads nowhere
            digest.update(f"{file.relative_to(root)}\0{bool(found.st_mode & 0o111)}\0{found.st_size}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _files(part: Path) -> Iterator[Path]:
    if not part.is_dir():
        yield part
        return
    for folder, folders, names in os.walk(part, onerror=_unreadable):
        folders[:] = [name for name in folders if name not in _MADE]
        yield from (Path(folder) / name for name in names if Path(name).suffix not in _COMPILED)


def _unreadable(error: OSError) -> NoReturn:
    raise error
