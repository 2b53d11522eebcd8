"""Try every fault as often as is promised, and print the scoreboard; the exit code says whether any trial failed."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import secrets
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import cast

from faults.registry import PARTS, Fault, faults_of
from faults.scoreboard import Score, begin, run_named, table

ENDS_S = 8.0  # for workers to stop their servers, once they are asked to


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for; return 1 if a trial failed."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; none means all")
    parser.add_argument("--scale", type=float, default=1.0, help="part of the trials that is run")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="to see the same trials again")
    parser.add_argument("--only", default="", metavar="WORDS", help="only faults whose names contain this")
    parser.add_argument("--workers", type=int, default=1, help="faults that are tried at the same time")
    parser.add_argument("--trial", type=int, metavar="NUMBER", help="only this trial of each")
    asked = parser.parse_args(arguments)
    unknown = sorted(set(asked.parts) - set(PARTS))
    if unknown:
        parser.error(f"no part is called {', '.join(unknown)}; there are {', '.join(PARTS)}")
    chosen = [fault for fault in faults_of(*(asked.parts or PARTS)) if asked.only in fault.name]
    if not chosen:
        parser.error(f"no fault has {asked.only!r} in its name")
    scores: list[Score] = []
    began_s = time.monotonic()
    ended_by = 0
    with _interruptible() as received:
        try:
            with _workers(asked.workers, asked.parts) as pool:
                for line in table(_scores(pool, chosen, asked, scores)):
                    print(line, flush=True)  # noqa: T201
        except KeyboardInterrupt:
            ended_by = received[0]
            print(f"ended by a signal: {len(scores)} of {len(chosen)} faults were tried")  # noqa: T201
    n_trials, n_failures = sum(score.trials for score in scores), sum(len(score.failures) for score in scores)
    print(f"{n_trials} trials, {n_failures} failures, {time.monotonic() - began_s:.0f} s")  # noqa: T201
    return 128 + ended_by if ended_by else 1 if n_failures else 0


@contextmanager
def _interruptible() -> Iterator[list[int]]:
    """Make the first SIGINT or SIGTERM a KeyboardInterrupt, and yield where its number will stand."""
    received: list[int] = []

    def interrupt(number: int, _: object) -> None:
        received.append(number)
        if len(received) == 1:  # what ends the workers is not interrupted
            raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _workers(n_workers: int, parts: Sequence[str]) -> Iterator[ProcessPoolExecutor]:
    """Yield processes that try faults; they end when all is tried, or soon when this programme is ended."""
    spawning = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(n_workers, mp_context=spawning, initializer=begin, initargs=(parts,))
    try:
        yield pool
        pool.shutdown()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        _end(multiprocessing.active_children())
        raise


def _end(workers: Sequence[BaseProcess]) -> None:
    """Let workers stop their servers, then kill whatever is left of their groups."""
    for worker in workers:
        worker.terminate()
    deadline = time.monotonic() + ENDS_S
    alive = {worker.sentinel for worker in workers}
    while alive and (left_s := deadline - time.monotonic()) > 0:
        alive.difference_update(cast("list[int]", wait(alive, left_s)))
    for worker in workers:
        assert worker.pid is not None
        worker.kill()
        with suppress(ProcessLookupError):  # its group is empty, or it was not ready to make one
            os.killpg(worker.pid, signal.SIGKILL)


def _scores(
    pool: ProcessPoolExecutor, chosen: Sequence[Fault], asked: argparse.Namespace, scores: list[Score]
) -> Iterator[Score]:
    """Yield the score of each fault, and tell of its failures."""
    tasks = {pool.submit(run_named, fault.name, asked.seed, asked.scale, asked.trial): fault for fault in chosen}
    for task in as_completed(tasks):
        fault = tasks[task]
        trials, worst_s, failures = task.result()
        scores.append(Score(fault, asked.seed, trials, worst_s, failures))
        for failure in failures[:10]:
            print(f"{fault.name}, {failure}\n", file=sys.stderr, flush=True)  # noqa: T201
        yield scores[-1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
