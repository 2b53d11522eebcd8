"""The lease and the sharing of threads, without a server."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pycore._wait import wait_for
from pycore.cache.breaker import FIRST_PAUSE_S, LONGEST_PAUSE_S, TRIAL_S, Breaker
from pycore.cache.flights import Flights
from pycore.cache.lease import Lease
from pycore.exceptions import ServiceUnavailableError


class Keeper:
    """Holds one lease in memory, as Redis would."""

    def __init__(self) -> None:
        self.token: str | None = None
        self.renewals = 0
        self.away = False

    def acquire(self, token: str) -> tuple[bool, str, str]:
        if self.token is not None:
            return False, "3", "1"
        self.token = token
        return True, "3", "1"

    def renew(self, token: str) -> bool:
        self.renewals += 1
        if self.away:
            raise ServiceUnavailableError("away")
        return self.token == token

    def release(self, token: str) -> None:
        if self.away:
            raise ServiceUnavailableError("away")
        if self.token == token:
            self.token = None

    def lease(self) -> Lease:
        return Lease(self.acquire, self.renew, self.release, lifetime_s=0.03)


def test_one_holds_it_and_the_next_gets_it_afterwards() -> None:
    keeper = Keeper()
    first = keeper.lease().try_acquire()
    assert first is not None
    assert (first.version, first.epoch) == ("3", "1")
    assert keeper.lease().try_acquire() is None

    with keeper.lease().held(first):
        assert keeper.lease().try_acquire() is None

    assert keeper.lease().try_acquire() is not None


def test_it_is_renewed_while_it_is_held_also_after_a_failure() -> None:
    keeper = Keeper()
    grant = keeper.lease().try_acquire()
    assert grant is not None

    with keeper.lease().held(grant):
        keeper.away = True
        wait_for(lambda: keeper.renewals > 1, 5, service="renewals", interval_s=0.005)
        keeper.away = False
        before = keeper.renewals
        wait_for(lambda: keeper.renewals > before + 1, 5, service="renewals", interval_s=0.005)


def test_it_is_given_back_when_the_holder_fails() -> None:
    keeper = Keeper()
    grant = keeper.lease().try_acquire()
    assert grant is not None

    with pytest.raises(KeyboardInterrupt), keeper.lease().held(grant):
        raise KeyboardInterrupt

    assert keeper.token is None


def test_a_keeper_that_is_away_does_not_hide_the_holders_error() -> None:
    keeper = Keeper()
    grant = keeper.lease().try_acquire()
    assert grant is not None

    keeper.away = True
    with pytest.raises(ArithmeticError), keeper.lease().held(grant):
        raise ArithmeticError


def test_one_thread_makes_and_the_others_find_what_it_shares() -> None:
    flights: Flights[int] = Flights()
    making, over = threading.Event(), threading.Event()

    def make() -> int:
        making.set()
        assert over.wait(10)
        return 5

    with ThreadPoolExecutor(1) as pool:
        leader = pool.submit(flights.lead, "key", make, lambda made: made + 1)
        assert making.wait(10)
        made, flight = flights.lead("key", lambda: pytest.fail("another is making it"))
        assert made is None
        assert flight is not None
        assert not flight.wait(0.01)
        over.set()
        assert leader.result() == (5, None)
        assert flight.wait(10)
        assert flight.result == 6


def test_an_error_is_its_makers_and_the_next_leads() -> None:
    flights: Flights[int] = Flights()

    with pytest.raises(ZeroDivisionError):
        flights.lead("key", lambda: 1 // 0)

    assert flights.lead("key", lambda: 1) == (1, None)


def test_the_pause_of_a_breaker_grows_to_a_limit_and_success_forgets_it() -> None:
    now = [0.0]
    breaker = Breaker(clock=lambda: now[0])
    pauses = []
    for _ in range(10):
        breaker.failed()
        began = now[0]
        while not breaker.allows():
            now[0] += 0.01
        pauses.append(round(now[0] - began, 1))

    assert pauses == sorted(pauses)
    assert pauses[0] < 0.5
    assert pauses[-1] == pytest.approx(LONGEST_PAUSE_S, abs=0.1)
    assert breaker.worked()
    assert breaker.failed()


def test_calls_that_fail_together_lengthen_the_pause_once() -> None:
    now = [0.0]
    breaker = Breaker(clock=lambda: now[0])

    for _ in range(10):
        breaker.failed()
    now[0] += FIRST_PAUSE_S

    assert breaker.allows()


def test_one_caller_at_a_time_tries_whether_a_server_that_swallows_all_is_back() -> None:
    now = [0.0]
    breaker = Breaker(clock=lambda: now[0])
    breaker.failed()
    now[0] += FIRST_PAUSE_S
    assert breaker.allows()

    tried = 0
    for _ in range(20):  # the two seconds that it waits for an answer
        now[0] += 0.1
        tried += breaker.allows()

    assert tried == 0
    now[0] += TRIAL_S  # it was interrupted, and never told how it went
    assert breaker.allows()


def test_a_lease_that_could_not_be_given_back_is_given_back_when_the_server_answers_again() -> None:
    keeper = Keeper()
    lease = Lease(keeper.acquire, keeper.renew, keeper.release, lifetime_s=5)
    grant = lease.try_acquire()
    assert grant is not None
    keeper.away = True

    lease.give_back(grant)
    assert keeper.token == grant.token
    keeper.away = False

    wait_for(lambda: keeper.token is None, 5, service="the release")


def test_a_lease_whose_grant_was_lost_on_its_way_is_given_back() -> None:
    keeper = Keeper()

    def acquire(token: str) -> tuple[bool, str, str]:
        keeper.acquire(token)
        raise ServiceUnavailableError("the answer was lost")

    with pytest.raises(ServiceUnavailableError):
        Lease(acquire, keeper.renew, keeper.release).try_acquire()

    wait_for(lambda: keeper.token is None, 5, service="the release")
