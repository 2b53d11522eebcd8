"""The end of modes in containers, and of what they have stored."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from stack.engine import SERVICE, Project, StackError, docker, last_line, need_engine, say
from stack.looking import projects

__all__ = ["down", "purge"]

_NOT_AGREED = 1


def down(arguments: Sequence[str]) -> int:
    """Stop one mode, or all that there are; also when one of them cannot be stopped the others are."""
    (mode,) = arguments
    need_engine()
    there = [each for each in projects() if mode in {each.mode, "any"} and each.containers(all_of_them=True)]
    failed = []
    if not there:
        say("Stopped", f"nothing: no container of {'this clone' if mode == 'any' else mode} is there")
    for project in there:
        ended = project.do("--profile", "*", "down")
        if ended.returncode == 0:
            say("Stopped", f"{project.mode}; everything stored stays (./stop.sh {project.mode} --purge removes it)")
        else:
            failed.append(f"{project.mode} could not be stopped: {last_line(ended.stderr)}")
    if failed:
        raise StackError(SERVICE, "; ".join(failed))
    return 0


def purge(arguments: Sequence[str]) -> int:
    """Remove one mode or all with what their volumes hold, after a question for each.

    Raises
    ------
    StackError
        One of them was kept, for nobody agreed, or something of it is left; the others were asked for and removed.
    """
    mode, *options = arguments
    need_engine()
    if not projects():
        say("Purge", "this clone never started anything in containers")
    kept, left = [], []
    for project in [each for each in projects() if mode in {each.mode, "any"}]:
        volumes = project.volumes()
        if not volumes and not project.containers(all_of_them=True):
            say("Purge", f"{project.mode}: there is nothing")
        elif not _is_agreed(project, volumes, is_agreed="--yes" in options):
            say("Kept", f"{project.mode}: nothing of it was removed")
            kept.append(project.mode)
        elif _is_removed(project):
            say("Purged", project.mode)
        else:
            left.append(project.mode)
    if left:
        raise StackError(SERVICE, f"some of {' and '.join(left)} is left; docker volume rm says why")
    if kept:
        raise StackError(_NOT_AGREED, f"{' and '.join(kept)} {'is' if len(kept) == 1 else 'are'} kept")
    return 0


def _is_agreed(project: Project, volumes: Sequence[str], *, is_agreed: bool) -> bool:
    lost = "every data set, model, run and notebook in them"
    sys.stderr.write(f"With {project.mode} these volumes are removed for ever, and with them {lost}:\n")
    sys.stderr.writelines(f"  {name}\n" for name in volumes or ["none"])
    if is_agreed:
        return True
    sys.stderr.write(f"Type yes to remove {project.mode}: ")
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not (sys.stdin.isatty() and answer):
        sys.stderr.write("\n")  # nobody has pressed a key
    return answer.strip() == "yes"


def _is_removed(project: Project) -> bool:
    project.do("--profile", "*", "down", "--volumes")
    left = project.volumes()  # those that the file does not name now, because a folder of the caller took their place
    if left:
        docker("volume", "rm", *left, timeout_s=None)
    return not project.volumes() and not project.containers(all_of_them=True)
