"""The images of a mode: built where one is missing, and compared with the sources of this clone where not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from stack import sources
from stack.engine import SERVICE, SETUP, Project, StackError, docker, last_line, say

__all__ = ["build"]

_OWN = "sci-pype-"


def build(project: Project, profiles: Sequence[str], *, is_asked: bool) -> list[str]:
    """Build the images if one is missing, or it is asked for; return the names of the services."""
    services = _rendered(project, profiles)
    own = sorted({each["image"] for each in services.values() if each["image"].startswith(_OWN)})
    if not is_asked and docker("image", "inspect", *own).returncode == 0:
        _compare(project, own)
        return list(services)
    say("Images", "are built: minutes the first time, seconds later")
    words = ["docker", *project.command(*profiles, "build")]
    if subprocess.run(words, env=project.handed_on, stdout=sys.stderr, check=False).returncode != 0:
        raise StackError(SERVICE, "the images could not be built; what the engine said is above")
    return list(services)


def _rendered(project: Project, profiles: Sequence[str]) -> dict[str, Any]:
    """Return the services as Compose understands their files."""
    told = project.ask(*profiles, "config", "--format", "json")
    if told.returncode != 0:
        raise StackError(SETUP, f"a variable says what cannot be, see docs/operations.rst: {last_line(told.stderr)}")
    services: dict[str, Any] = json.loads(told.stdout)["services"]
    return services


def _compare(project: Project, images: Sequence[str]) -> None:
    """Say which images come from other sources than those of this clone; dev mounts those of JupyterLab."""
    label = f'{{{{index .Config.Labels "{sources.LABEL}"}}}}'
    made_of = docker("image", "inspect", "--format", label, *images).stdout.splitlines()
    stale = []
    for image, found in zip(images, made_of, strict=False):
        name = image.removeprefix(_OWN).partition(":")[0]
        is_mounted = project.mode == "dev" and name == "jupyter"
        if not is_mounted and found.strip() != project.environ[sources.variable(name)]:
            stale.append(name)
    if stale:
        come = "comes" if len(stale) == 1 else "come"
        say("Images", f"{' and '.join(stale)} {come} from other sources than those of this clone; --build builds again")
