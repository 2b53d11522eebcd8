"""The one loop that waits ends: with the value, with the refusal, or with the last reason."""

import pytest

from pycore._wait import wait_for
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
