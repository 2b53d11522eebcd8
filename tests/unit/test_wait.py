"""The one loop that waits ends: with the value, with the refusal, or with the last reason."""

import socket
import threading

import pytest
from suites.redis_server import free_port

from pycore._wait import wait_for, wait_for_port
from pycore.exceptions import AuthenticationError, ServiceTimeoutError, ServiceUnavailableError


def test_the_first_true_value_is_returned() -> None:
    answers = iter([None, "", 7, 8])

    assert wait_for(lambda: next(answers), 5, service="redis", interval_s=0) == 7


def test_the_time_out_carries_the_last_cause() -> None:
    def refuse() -> bool:
        raise ServiceUnavailableError("connection refused")

    with pytest.raises(
        ServiceTimeoutError, match=r"redis at 127\.0\.0\.1:1 was not ready within 0 s: connection refused\.$"
    ) as info:
        wait_for(refuse, 0, service="redis", address="127.0.0.1:1", interval_s=0)

    assert isinstance(info.value.__cause__, ServiceUnavailableError)
    assert (info.value.service, info.value.address) == ("redis", "127.0.0.1:1")


def test_a_false_answer_forgets_an_older_error() -> None:
    turns = iter([OSError("first"), None])

    def probe() -> None:
        turn = next(turns, None)
        if turn is not None:
            raise turn

    with pytest.raises(ServiceTimeoutError) as info:
        wait_for(probe, 0.02, service="redis", interval_s=0.01)

    assert "first" not in str(info.value)


def test_refused_credentials_are_not_waited_for() -> None:
    asked = []

    def refuse() -> bool:
        asked.append(1)
        raise AuthenticationError("no")

    with pytest.raises(AuthenticationError):
        wait_for(refuse, 60, service="redis")

    assert len(asked) == 1


def test_an_error_that_is_not_expected_passes_through() -> None:
    def fail() -> bool:
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        wait_for(fail, 60, service="redis")


def test_refused_credentials_are_waited_for_where_they_are_named() -> None:
    turns = iter([AuthenticationError("not yet"), None])

    def probe() -> bool:
        turn = next(turns)
        if turn is not None:
            raise turn
        return True

    assert wait_for(probe, 60, service="STOCKS", interval_s=0, retry_on=(OSError, AuthenticationError))


def test_a_port_that_opens_late_is_waited_for() -> None:
    port = free_port()
    opened: list[socket.socket] = []
    timer = threading.Timer(0.3, lambda: opened.append(socket.create_server(("127.0.0.1", port))))
    timer.start()
    try:
        wait_for_port("127.0.0.1", port, 20)
    finally:
        timer.join()

    assert opened
    opened[0].close()


@pytest.mark.parametrize(
    ("host", "reason"), [("127.0.0.1", "Connection refused"), ("nobody.invalid", "[Nn]ame|resolution")]
)
def test_a_port_that_never_opens_ends_the_waiting_with_the_reason(host: str, reason: str) -> None:
    port = free_port()

    with pytest.raises(ServiceTimeoutError, match=rf"{host}:{port} was not ready within 0\.2 s: .*({reason})"):
        wait_for_port(host, port, 0.2)
