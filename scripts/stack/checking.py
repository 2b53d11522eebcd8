"""What the variables of a start may say: all that cannot be is named at once, before the engine has to do anything."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stack import options, reference
from stack.engine import SETUP, StackError, n_processors

__all__ = ["check", "check_project", "is_project", "problems"]

_YES = {"1", "true", "yes", "on"}
_SHOWN = 60  # characters of a value
_UNITS = {"": 0, "b": 0, "k": 10, "m": 20, "g": 30, "t": 40, "p": 50}
_SMALLEST_MEMORY = 6 * 2**20  # the engine's own
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([kmgtp]?)(?:i?b)?", re.IGNORECASE)


@dataclass(frozen=True)
class Rule:
    """What values of one kind are, and whether a text is one."""

    allows: Callable[[str], bool]
    expected: str


def check(environ: Mapping[str, str], mode: str, profiles: Sequence[str] = ()) -> None:
    """Raise StackError if a variable says what cannot be, or two services would get one port."""
    found = problems(environ, mode, profiles)
    if found:
        lines = "".join(f"\n  {problem}" for problem in found)
        raise StackError(SETUP, f"nothing was started, for the environment says what cannot be:{lines}")


def problems(environ: Mapping[str, str], mode: str, profiles: Sequence[str] = ()) -> list[str]:
    """Return every problem: the variable, what it is, and what was expected."""
    found = []
    for each in reference.VARIABLES:
        text = environ.get(each.name)
        rule = _RULES.get(each.kind)
        if text and rule is not None and not rule.allows(text):  # empty counts as unset
            found.append(f"{each.name} is {_shown(text)}; expected {rule.expected}")
    found += [*_too_many_processors(environ), *_shared_ports(environ, mode, profiles), *_shared_login(environ)]
    return [*found, *_two_ends_of_tls(environ, profiles)]


def check_project(text: str) -> None:
    """Raise StackError unless Compose takes ENV_STACK_NAME."""
    if not is_project(text):
        raise StackError(SETUP, f"ENV_STACK_NAME is {_shown(text)}; expected {_RULES['project'].expected}")


def is_project(text: str) -> bool:
    """Return whether Compose takes a name."""
    return _RULES["project"].allows(text)


def _shown(text: str) -> str:
    return ascii(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")


def _too_many_processors(environ: Mapping[str, str]) -> list[str]:
    text = environ.get("ENV_JUPYTER_CPUS")
    if not text or not _RULES["processors"].allows(text):
        return []
    there = n_processors()
    if there is None or float(text) <= there:
        return []
    return [f"ENV_JUPYTER_CPUS is {_shown(text)}; expected {there} or fewer, for more the engine does not have"]


def _shared_ports(environ: Mapping[str, str], mode: str, profiles: Sequence[str]) -> list[str]:
    """Return who would listen on one port, of those that this start publishes."""
    users: dict[str, list[str]] = {}
    for name in reference.ports(mode, profiles):
        users.setdefault(reference.value(name, environ), []).append(name)
    return [
        f"{' and '.join(names)} are {_shown(port)}; expected a port of its own for each"
        for port, names in users.items()
        if len(names) > 1
    ]


def _shared_login(environ: Mapping[str, str]) -> list[str]:
    names = reference.of_kind("login")
    logins = [reference.value(name, environ) for name in names]
    if len(set(logins)) == len(logins):
        return []
    return [f"{' and '.join(names)} are {_shown(logins[0])}; expected two names, for one of them may only read"]


def _two_ends_of_tls(environ: Mapping[str, str], profiles: Sequence[str]) -> list[str]:
    """Return what makes JupyterLab speak HTTPS, where a proxy speaks HTTP with it."""
    if "proxy" not in profiles:
        return []
    found = []
    flag = environ.get("ENV_USE_HTTPS", "")
    if flag.lower() in _YES:
        found.append(f"ENV_USE_HTTPS is {_shown(flag)}")
    pem = options.folder_of_secrets(environ) / "jupyter_pem"
    if pem.is_file():
        found.append(f"{str(pem)!a} is there")
    return [f"{what}; expected neither with --profile proxy, which has TLS by ENV_PROXY_CONFIG" for what in found]


def _is_folder(text: str) -> bool:
    return Path(text).is_dir() and _can_be_mounted(text)


def _is_file(text: str) -> bool:
    return Path(text).is_file() and _can_be_mounted(text)


def _can_be_mounted(text: str) -> bool:
    """Whether a path is one to the Compose files, in which a colon ends it."""
    return ":" not in str(Path(text).absolute())


def _is_port(text: str) -> bool:
    return bool(re.fullmatch(r"[1-9][0-9]{0,4}", text)) and int(text) <= 65535


def _is_memory(text: str) -> bool:
    found = _SIZE.fullmatch(text)
    return found is not None and float(found[1]) * 2 ** _UNITS[found[2].lower()] >= _SMALLEST_MEMORY


def _is_processors(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text)) and float(text) >= 0.01


def _is_user(text: str) -> bool:
    """Whether the files of secrets can be his: root may give them to anybody."""
    return bool(re.fullmatch(r"[1-9][0-9]{0,8}", text)) and os.getuid() in {0, int(text)}


def _is_theme(text: str) -> bool:
    return len(text) <= 100 and text.isprintable() and text == text.strip() and any(map(str.isalnum, text))


def _is_script(text: str) -> bool:
    return text.startswith("/opt/")


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text) is not None


_RULES: Mapping[reference.Kind, Rule] = {
    "port": Rule(_is_port, "a port, from 1 to 65535"),
    # Also that of the secrets, which is not made: a mistyped one would change every password.
    "folder": Rule(_is_folder, "a folder that is there, without a colon in its path"),
    "file": Rule(_is_file, "a file that is there, without a colon in its path"),
    "script": Rule(_is_script, "a script that the container has: in compose/hooks, or below /opt/project"),
    "memory": Rule(_is_memory, "a size such as 512m or 4g, at least 6m"),
    "bytes": Rule(_matches(r"(?i)[0-9]{1,18}([kmg]?b|[kmg])?"), "a size such as 512mb or 2gb"),
    "processors": Rule(_is_processors, "a number of processors such as 2 or 0.5"),
    "seconds": Rule(_matches(r"[1-9][0-9]{0,5}"), "a whole number of seconds such as 300"),
    "project": Rule(
        _matches(r"[a-z0-9][a-z0-9_-]*"), "small letters, digits, - and _, beginning with a letter or a digit"
    ),
    "user": Rule(_is_user, "the number of a user, not 0; only root may choose another than himself"),
    "login": Rule(
        _matches(r"(?!root$|mysql\.)[A-Za-z_][A-Za-z0-9_.-]{0,31}"),
        "a letter, then letters, digits, _, . or -, 32 at most, and not root",
    ),
    "path": Rule(_matches(r"/([A-Za-z0-9._~-]+/)*[A-Za-z0-9._~-]*"), "a path that begins with /, such as /science/"),
    "environment": Rule(_matches(r"[A-Za-z0-9_-]{1,60}"), "the name of an environment of configs/jupyter.json"),
    "manifest": Rule(_is_script, "a manifest that the container has, below /opt/project"),
    "flag": Rule(_matches(r"(?i)1|0|true|false|yes|no|on|off"), "1 or 0"),
    "number": Rule(_matches(r"[0-9]{1,5}"), "the number of a database"),
    "theme": Rule(_is_theme, "light, dark, or the name of a theme"),
}
