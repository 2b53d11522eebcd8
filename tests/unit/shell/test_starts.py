"""``./start.sh`` with a mode returns when all is well, or stops what it has started and says why."""

from __future__ import annotations

import errno
import signal
import socket
import sys

import pytest
from unit.shell.engine import ROOT, Engine

from pycore._wait import wait_for

sys.path.insert(0, str(ROOT / "scripts"))

from stack import starting
from stack.engine import StackError, docker

STACK = ["jupyter", "redis-server", "stocksdb"]
ALL_LATE = "jupyter and redis-server and stocksdb did not become healthy"


def test_a_start_prints_the_address_and_nothing_else(engine: Engine) -> None:
    said = engine.call("start.sh", "full-stack")

    assert said.code == 0, said.err
    assert said.out == "http://127.0.0.1:31999/lab?token=t\n"
    assert engine.containers("full-stack") == dict.fromkeys(STACK, "running")


@pytest.mark.parametrize(
    ("wishes", "reason"),
    [
        pytest.param({"up_code": 1, "up_says": "no memory\n"}, "no memory", id="Compose fails"),
        pytest.param({"query_code": 4}, "JupyterLab does not reach what it is for", id="the first query fails"),
        pytest.param({"address": False}, "JupyterLab does not tell its address", id="there is no address"),
        pytest.param({"health": "unhealthy"}, ALL_LATE, id="all are ill"),
        pytest.param({"health": "starting"}, ALL_LATE, id="Compose did not wait"),
    ],
)
def test_a_first_start_that_fails_stops_everything_and_says_why(
    engine: Engine, wishes: dict[str, object], reason: str
) -> None:
    engine.wish(**wishes)

    said = engine.call("start.sh", "full-stack", ENV_STACK_TIMEOUT_S="1")

    assert said.code == 4
    assert said.out == ""
    assert said.err.splitlines()[-1].startswith(f"start.sh: the stack is not ready: {reason}")
    assert engine.containers("full-stack") == dict.fromkeys(STACK, "exited")


def test_a_start_that_fails_leaves_what_was_well_before(engine: Engine) -> None:
    assert engine.call("start.sh", "full-stack").code == 0
    engine.wish(query_code=4)

    said = engine.call("start.sh", "full-stack", "--profile", "admin")

    assert said.code == 4
    assert "; jupyter and redis-server and stocksdb ran before, and were left" in said.err
    assert engine.containers("full-stack") == dict.fromkeys(STACK, "running") | {"database-page": "exited"}


def test_what_cannot_be_stopped_either_is_said(engine: Engine) -> None:
    engine.wish(query_code=4, stop_code=1)

    said = engine.call("start.sh", "full-stack")

    assert said.code == 4
    assert "; what was started could not be stopped: it cannot be stopped" in said.err


def test_what_is_starting_is_waited_for_though_compose_returned(engine: Engine) -> None:
    engine.wish(health="starting", healthy_after=2)

    said = engine.call("start.sh", "standalone", ENV_STACK_TIMEOUT_S="20")

    assert said.code == 0, said.err
    assert engine.containers("standalone") == {"jupyter": "running"}


def test_the_first_query_is_asked_for_a_short_time(engine: Engine) -> None:
    said = engine.call("start.sh", "full-stack")

    assert [line for line in said.asked if "pycore db wait --timeout 20 && pycore redis wait --timeout 20" in line]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_start_that_is_ended_stops_what_it_began(engine: Engine, number: signal.Signals) -> None:
    engine.wish(up_s=30)

    with engine.begin("start.sh", "standalone") as begun:
        wait_for(lambda: engine.containers("standalone"), 10.0, service="up", interval_s=0.02)
        begun.send_signal(number)
        said = engine.end(begun)

    assert said.code == 128 + number
    assert said.out == ""
    assert said.err.splitlines()[-1] == f"start.sh: ended by {number.name}; what was started was stopped"
    assert engine.containers("standalone") == {"jupyter": "exited"}


def test_a_start_that_is_ended_leaves_what_ran_before(engine: Engine) -> None:
    assert engine.call("start.sh", "full-stack").code == 0
    engine.wish(up_s=30)

    with engine.begin("start.sh", "full-stack", "--profile", "admin") as begun:
        wait_for(lambda: "database-page" in engine.containers("full-stack"), 10.0, service="up", interval_s=0.02)
        begun.terminate()
        said = engine.end(begun)

    assert said.code == 143
    assert "; jupyter and redis-server and stocksdb ran before, and were left" in said.err
    assert engine.containers("full-stack") == dict.fromkeys(STACK, "running") | {"database-page": "exited"}


def test_a_start_that_is_ended_while_it_says_why_it_fails_stops_all_the_same(engine: Engine) -> None:
    engine.wish(health="unhealthy", slow="logs")

    with engine.begin("start.sh", "standalone") as begun:
        wait_for(lambda: any(line.startswith("logs") for line in engine.asked()), 10.0, service="logs")
        begun.terminate()
        said = engine.end(begun)

    assert said.code == 143
    assert said.err.splitlines()[-1] == "start.sh: ended by SIGTERM; what was started was stopped"
    assert engine.containers("standalone") == {"jupyter": "exited"}


def test_a_start_that_is_ended_before_it_began_says_so(engine: Engine) -> None:
    engine.wish(slow="inspect")

    with engine.begin("start.sh", "standalone") as begun:
        wait_for(lambda: any("image inspect" in line for line in engine.asked()), 10.0, service="asked")
        begun.terminate()
        said = engine.end(begun)

    assert said.code == 143
    assert said.err.splitlines()[-1] == "start.sh: ended by SIGTERM, before any service was started"
    assert engine.containers("standalone") == {}


def test_a_port_that_is_taken_is_named_by_its_own_variable(engine: Engine) -> None:
    with socket.create_server(("127.0.0.1", int(engine.variables["ENV_JUPYTER_PORT"]))) as taken:
        port = str(taken.getsockname()[1])

        said = engine.call("start.sh", "standalone", ENV_REDIS_PORT=port, ENV_PROXY_PORT=port)

    assert said.code == 4
    assert said.err.splitlines()[-1].endswith("choose another by ENV_JUPYTER_PORT")
    assert f"port {port} of 127.0.0.1 is in use by another program" in said.err
    assert engine.containers("standalone") == {}


def test_the_port_of_what_is_not_started_may_be_taken(engine: Engine) -> None:
    with socket.create_server(("127.0.0.1", int(engine.variables["ENV_DB_PAGE_PORT"]))):
        said = engine.call("start.sh", "full-stack")

    assert said.code == 0, said.err


@pytest.mark.parametrize("version", ["28.5.2+dfsg4", "v28", "master"])
def test_an_engine_of_any_name_is_tried(engine: Engine, version: str) -> None:
    engine.wish(version=version)

    said = engine.call("stop.sh", "standalone")

    assert said.code == 0, said.err


@pytest.mark.parametrize("version", ["24.0.9", "v20.10"])
def test_an_engine_that_is_too_old_is_refused(engine: Engine, version: str) -> None:
    engine.wish(version=version)

    said = engine.call("stop.sh", "standalone")

    assert said.code == 3
    assert said.err == f"stop.sh: the Docker engine is {version}; 25 or newer is needed\n"


def test_compose_reads_nothing_that_the_scripts_have_not_looked_at(engine: Engine) -> None:
    said = engine.call("start.sh", "standalone", COMPOSE_FILE="/other.yml", COMPOSE_PROFILES="proxy")

    assert said.code == 0, said.err
    assert [name for name in engine.environ() if name.startswith("COMPOSE_")] == []
    composed = [line for line in said.asked if line.startswith("compose ") and line != "compose version"]
    assert composed
    assert all(line.startswith("compose --env-file /dev/null ") for line in composed)


def test_an_engine_that_does_not_answer_is_waited_for_so_long(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.wish(slow="version")
    monkeypatch.setenv("PATH", str(engine.folder), prepend=":")
    monkeypatch.setenv("ENGINE", str(engine.folder))

    with pytest.raises(StackError, match=r"the Docker engine does not answer within 0\.5 s; restart it"):
        docker("version", timeout_s=0.5)


def test_a_port_that_only_the_engine_may_open_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", Refused)
    assert not starting.is_taken("1")


class Refused(socket.socket):
    """What a user gets who asks for a port below 1024."""

    def bind(self, address: object) -> None:
        raise PermissionError(errno.EACCES, f"{address} is not for you")
