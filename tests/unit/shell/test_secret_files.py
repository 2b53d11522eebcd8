"""What a start makes of the folder of secrets, and what it lets alone."""

from __future__ import annotations

import fcntl
import os
import socket
import stat
from pathlib import Path

import pytest
from unit.shell.engine import Engine

from pycore._wait import wait_for

NAMES = {
    "db_password", "db_reader_password", "db_root_password",
    "redis_admin_password", "redis_password", "redis_reader_password",
}  # fmt: skip


def identities(engine: Engine) -> dict[str, str]:
    """Return, by service, the word for which files its secrets were at the last start."""
    begin = "ENV_SECRETS_ID_"
    return {name.removeprefix(begin): value for name, value in engine.environ().items() if name.startswith(begin)}


def test_a_start_makes_what_is_missing_for_its_reader_alone(engine: Engine) -> None:
    said = engine.call("start.sh", "full-stack", ENV_STACK_NAME="")

    assert said.code == 0, said.err
    made = list(engine.secrets.iterdir())
    assert {file.name for file in made} == NAMES | {"stack_name"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in made if file.name in NAMES} == {0o400}
    assert len({file.read_text() for file in made}) == len(made)


def is_waited_for(descriptor: int) -> bool:
    """Return whether a process waits for the lock of a file."""
    inode = os.fstat(descriptor).st_ino
    return any("->" in line and f":{inode} " in line for line in Path("/proc/locks").read_text().splitlines())


def test_two_starts_do_not_make_secrets_at_once(engine: Engine) -> None:
    descriptor = os.open(engine.secrets, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)

    with engine.begin("start.sh", "full-stack", ENV_STACK_NAME="") as begun:
        wait_for(lambda: is_waited_for(descriptor), 10.0, service="who waits for the lock")
        assert list(engine.secrets.iterdir()) == []
        os.close(descriptor)
        said = engine.end(begun)

    assert said.code == 0, said.err
    assert {file.name for file in engine.secrets.iterdir()} == NAMES | {"stack_name"}


def test_a_secret_that_cannot_be_written_is_said(engine: Engine) -> None:
    in_its_way = engine.secrets / "db_password.new"
    in_its_way.mkdir()

    said = engine.call("start.sh", "full-stack")

    assert said.code == 3
    assert said.err.splitlines()[-1].startswith(f"start.sh: {in_its_way} cannot be read or written: ")
    assert engine.containers("full-stack") == {}


@pytest.mark.parametrize("text", ["", "My Stack\n"])
@pytest.mark.parametrize("arguments", [("start.sh", "standalone"), ("stop.sh", "standalone")], ids=["start", "stop"])
def test_a_name_that_is_none_is_said_with_its_cure(engine: Engine, arguments: tuple[str, ...], text: str) -> None:
    (engine.secrets / "stack_name").write_text(text)

    said = engine.call(*arguments, ENV_STACK_NAME="")

    assert said.code == 3
    assert said.err.startswith(f"{arguments[0]}: {engine.secrets}/stack_name holds no name; write into it what")
    assert (engine.secrets / "stack_name").read_text() == text


@pytest.mark.parametrize(("mode", "name"), [("full-stack", "db_password"), ("standalone", "slack_token")])
@pytest.mark.parametrize("is_there", [True, False], ids=["to a file", "to nothing"])
def test_a_link_is_refused_and_what_it_leads_to_let_alone(
    engine: Engine, tmp_path: Path, mode: str, name: str, is_there: bool
) -> None:
    target = tmp_path / "elsewhere"
    if is_there:
        target.write_text("of somebody")
        target.chmod(0o640)
    (engine.secrets / name).symlink_to(target)

    said = engine.call("start.sh", mode)

    assert said.code == 3
    assert f"{engine.secrets / name} is a link; put the file itself there" in said.err
    assert not is_there or (stat.S_IMODE(target.stat().st_mode), target.stat().st_uid) == (0o640, os.getuid())
    assert engine.containers(mode) == {}


def test_secrets_are_handed_over_when_nothing_else_is_in_the_way(engine: Engine) -> None:
    token = engine.secrets / "slack_token"
    token.write_text("of mine")
    token.chmod(0o600)
    with socket.create_server(("127.0.0.1", int(engine.variables["ENV_JUPYTER_PORT"]))):
        refused = engine.call("start.sh", "full-stack")

    assert refused.code == 4
    assert [file.name for file in engine.secrets.iterdir()] == ["slack_token"]
    assert (stat.S_IMODE(token.stat().st_mode), token.stat().st_uid) == (0o600, os.getuid())


@pytest.mark.parametrize(
    ("name", "services"),
    [
        ("slack_token", {"JUPYTER"}),
        ("redis_reader_password", {"REDIS_SERVER"}),
        ("db_password", {"STOCKSDB", "JUPYTER"}),
    ],
)
def test_another_secret_is_told_to_those_who_read_it(engine: Engine, name: str, services: set[str]) -> None:
    assert engine.call("start.sh", "full-stack").code == 0
    before = identities(engine)
    assert set(before) == {"JUPYTER", "REDIS_SERVER", "STOCKSDB"}

    unfinished = engine.secrets / "new"
    unfinished.write_text("another")
    unfinished.rename(engine.secrets / name)
    assert engine.call("start.sh", "full-stack").code == 0

    after = identities(engine)
    assert {service for service in before if before[service] != after[service]} == services
