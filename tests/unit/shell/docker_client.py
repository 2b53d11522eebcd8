"""What a test puts in the place of ``docker``: it keeps containers in a file, and answers by the wishes of the test.

Wishes, each with what it is without being said: ``version`` ("28.5.2"), ``up_code`` (0), ``up_says`` (""), ``up_s`` (0,
how long it takes once the containers are there), ``health`` (after a start, "healthy"), ``healthy_after`` (how often a
container that is starting is looked at before it is healthy, never), ``query_code`` (0), ``address`` (True),
``stop_code`` (0), ``labels`` (of an image), ``volumes`` (of a project, none), ``slow`` (a word that is never answered).
"""

from __future__ import annotations

# ruff: noqa: PTH105, PTH123
# Nothing is imported that is not needed, for every test waits for this many times.
import json
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FOLDER = os.environ.get("ENGINE", ".")
KEPT = f"{FOLDER}/containers.json"
WISHES: dict[str, Any] = {}
SERVICES = {
    "full-stack": ["jupyter", "redis-server", "stocksdb"],
    "dev": ["jupyter", "redis-server", "stocksdb"],
    "standalone": ["jupyter"],
}
PROFILES = {"admin": "database-page", "proxy": "proxy"}


def main(words: list[str]) -> int:
    """Answer as the engine would."""
    with open(f"{FOLDER}/wishes.json") as wishes:
        WISHES.update(json.load(wishes))
    with open(f"{FOLDER}/asked", "a") as asked:
        asked.write(f"{' '.join(words)}\n")
    if WISHES.get("slow") in words:
        time.sleep(30)
    if words[0] == "compose" and words[1] != "version":
        return compose(words)
    return engine(words)


def engine(words: list[str]) -> int:
    """Answer what is no affair of Compose."""
    command = " ".join(words[:2])
    if words[0] == "version":
        tell(WISHES.get("version", "28.5.2"))
    elif words[0] == "info":
        tell("2" if "SecurityOptions" not in words[-1] else "[name=seccomp] 2")
    elif command == "image inspect" and "--format" in words:
        tell(*(WISHES.get("labels", {}).get(image.partition(":")[0], "") for image in words[4:]))
    elif words[0] == "ps":
        tell(*listed(words))
    elif words[0] == "inspect":
        tell(json.dumps([inspected(id_) for id_ in words[1:]]))
    elif command == "volume ls":
        project = words[-1].rpartition("=")[2]
        tell(*(WISHES.get("volumes", {}).get(project, []) if project in read() else []))
    elif words[0] == "logs":
        tell("its last words")
    return 0


def tell(*lines: str) -> None:
    """Say something, a line each."""
    sys.stdout.writelines(f"{line}\n" for line in lines)


def listed(words: list[str]) -> list[str]:
    """Return the containers that a filter lets through."""
    filters = dict(word.removeprefix("label=com.docker.compose.").split("=") for word in words if "compose." in word)
    return [
        f"{filters['project']}/{name}"
        for name, each in read().get(filters["project"], {}).items()
        if filters.get("service") in {None, name} and ("--all" in words or each["state"] == "running")
    ]


def inspected(id_: str) -> dict[str, Any]:
    """Return what the engine knows of a container, which may become healthy by being looked at."""
    project, _, name = id_.partition("/")
    kept = read()
    each = kept[project][name]
    each["looked_at"] = each.get("looked_at", 0) + 1
    if each["health"] == "starting" and each["looked_at"] > WISHES.get("healthy_after", 1e9):
        each["health"] = "healthy"
    write(kept)
    return {
        "Id": id_,
        "State": {"Status": each["state"], "Health": {"Status": each["health"], "Log": []}},
        "Config": {"Labels": {"com.docker.compose.service": name}},
        "NetworkSettings": {"Ports": {}},
    }


def compose(words: list[str]) -> int:
    """Answer what is."""
    project = words[words.index("--project-name") + 1]
    mode = next(mode for mode in SERVICES if project.endswith(mode))
    services = SERVICES[mode] + [PROFILES[word[10:]] for word in words if word.startswith("--profile=")]
    verb = next(word for word in words if word in {"config", "up", "build", "exec", "port", "stop", "down"})
    after = words[words.index(verb) + 1 :]
    if verb == "config":
        tell(json.dumps({"services": {name: {"image": f"sci-pype-{name}:0"} for name in services}}))
    elif verb == "up":
        return up(project, services)
    elif verb == "exec" and "jupyter-address.sh" in after:
        tell("address http://127.0.0.1:8888/lab?token=t" if WISHES.get("address", True) else "")
    elif verb == "exec":
        return int(WISHES.get("query_code", 0))
    elif verb == "port":
        tell("127.0.0.1:31999")
    elif verb in {"stop", "down"}:
        return end(project, after, is_removed=verb == "down")
    return 0


def up(project: str, services: list[str]) -> int:
    """Start what does not run."""
    with open(f"{FOLDER}/environ.json", "w") as file:
        json.dump(dict(os.environ), file)
    kept = read()
    for name in services:
        each = kept.setdefault(project, {}).setdefault(name, {"state": "created", "health": ""})
        if each["state"] != "running":
            each |= {"state": "running", "health": WISHES.get("health", "healthy")}
    write(kept)
    time.sleep(WISHES.get("up_s", 0))
    sys.stderr.write(WISHES.get("up_says", ""))
    return int(WISHES.get("up_code", 0))


def end(project: str, services: list[str], *, is_removed: bool) -> int:
    """Stop all of them, or those that are named."""
    if WISHES.get("stop_code"):
        sys.stderr.write("it cannot be stopped\n")
        return int(WISHES["stop_code"])
    kept = read()
    for name, each in kept.get(project, {}).items():
        if name in services or not services or is_removed:
            each |= {"state": "exited", "health": ""}
    if is_removed:
        kept.pop(project, None)
    write(kept)
    return 0


def read() -> dict[str, dict[str, dict[str, Any]]]:
    """Return the containers of every project."""
    with open(KEPT) as file:
        kept: dict[str, dict[str, dict[str, Any]]] = json.load(file)
    return kept


def write(kept: dict[str, dict[str, dict[str, Any]]]) -> None:
    """Keep them."""
    new = f"{KEPT}.{os.getpid()}"
    with open(new, "w") as file:
        json.dump(kept, file)
    os.replace(new, KEPT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
