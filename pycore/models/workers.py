"""Calls in worker processes: answered as they end, and stopped within a second.

The processes are joblib's (loky), the same that scikit-learn's ``n_jobs=-1`` uses: they stay for a while after a run,
and the next one need not wait for them.
"""

from __future__ import annotations

import logging
import math
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from itertools import chain, repeat
from queue import Empty, SimpleQueue
from typing import Any, Final

from joblib import Parallel, effective_n_jobs
from joblib.externals.loky import process_executor
from joblib.externals.loky.backend.process import LokyProcess
from joblib.externals.loky.process_executor import ShutdownExecutorError, TerminatedWorkerError

from pycore._wait import wait_for

__all__ = ["Call", "Workers", "WorkersGoneError", "call_at_end", "folder_of_arrays"]

logger = logging.getLogger(__name__)

Call = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]  # as joblib takes them

TICK_S: Final = 0.1
_GRACE_S: Final = 0.3  # where calls are quick those under way may end, and the processes stay for the next run
_GAP_S: Final = 0.2  # between the answers to quick ones
_END_S: Final = 2.0  # processes that were killed are gone long before
_NICE: Final = 10
_WATCH_S: Final = 0.5
_MEMORY: Final = "/dev/shm"  # noqa: S108  # a file system, not a file
_NEEDED: Final = ("sklearn.compose", "sklearn.linear_model", "pycore.models.fitting", "pycore.models.preparation")
_LEAST_MEMORY_BYTES: Final = 2 * 2**30


def call_at_end(function: Callable[[], object]) -> None:
    """Have a function called when Python is about to end, before anything waits for the workers.

    Each executor of theirs has `threading` wait for what it is at, and who says so last is called first. So it is told
    that it has done so, and its wait stands before `function`. There is no public way, for them neither.
    """
    register = getattr(threading, "_register_atexit", None)
    wait = getattr(process_executor, "_python_exit", None)
    if register is None or wait is None:
        return
    with suppress(RuntimeError):  # Python is ending already
        register(wait)
        process_executor.process_pool_executor_at_exit = wait
        register(function)


class WorkersGoneError(Exception):
    """A worker died, or calls could not be sent.

    Attributes
    ----------
    on_purpose : bool
        Whether another training of this kernel was stopped, or another search that uses the same workers.
    was_killed : bool
        Whether a worker died of something else.
    """

    def __init__(self, why: str, *, on_purpose: bool = False, was_killed: bool = False) -> None:
        super().__init__(why)
        self.on_purpose = on_purpose
        self.was_killed = was_killed


class _Over:
    """The last word of the thread that listens to the workers."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class _Ready:
    """What a worker says when it has imported what it needs."""


class Workers:
    """Runs calls in as many processes as there are cores.

    Attributes
    ----------
    n_workers : int
        Calls that run at a time.
    is_starting : bool
        Whether no process has said yet that it is ready.
    is_stopping : bool
        Whether :meth:`stop` was called; nothing runs any more after that.

    Notes
    -----
    All trainings of a kernel, and scikit-learn's own searches with ``n_jobs``, share the processes. Who stops one kills
    them for all: the other trainings notice, and do again what was under way.
    """

    _killed_s = -math.inf  # when that was, in this process, by whomever

    def __init__(self) -> None:
        self.n_workers: int = max(effective_n_jobs(-1), 1)
        self.is_starting = True
        self._stopped_s = math.inf
        self._answers: SimpleQueue[Any] = SimpleQueue()  # of the run that goes on

    @property
    def is_stopping(self) -> bool:
        """Whether nothing runs any more."""
        return self._stopped_s < math.inf

    def stop(self) -> None:
        """End :meth:`run` in well under a second, whatever the workers are at."""
        self._stopped_s = min(self._stopped_s, time.monotonic())
        self._answers.put(None)

    def run(self, calls: Iterable[Call], *, one_by_one: bool = False) -> Iterator[Any]:
        """Yield what calls return, as they end, and None every tenth of a second meanwhile.

        Parameters
        ----------
        calls : iterable
            Asked for the next one when a worker is about to be idle, in another thread. They should not raise.
        one_by_one : bool, default False
            Whether a call begins when the one before has ended.

        Raises
        ------
        WorkersGoneError
            Not all calls were answered.
        """
        answers = self._answers = SimpleQueue()
        began_s = time.monotonic()
        listener = threading.Thread(
            target=self._listen,
            args=(calls, answers),
            kwargs={"one_by_one": one_by_one},
            name="pycore-workers",
            daemon=True,
        )
        listener.start()
        over = None
        try:
            over = yield from self._told(answers)
        finally:
            if over is None:
                self._kill()
            listener.join(_END_S)  # where there are no processes it is in the middle of a call, and ends after it
        if over is not None and over.error is not None and not self.is_stopping:
            why = f"{type(over.error).__name__}: {' '.join(str(over.error).split())}"
            logger.debug("The workers are gone: %s", why)
            raise WorkersGoneError(
                why,
                on_purpose=Workers._killed_s > began_s - _END_S  # they may have been found before they were gone
                or isinstance(over.error.__context__, ShutdownExecutorError),
                was_killed=isinstance(over.error, TerminatedWorkerError),
            ) from over.error

    def _told(self, answers: SimpleQueue[Any]) -> Generator[Any, None, _Over | None]:
        """Yield answers and ticks; return the last word, or None when it was not waited for any longer."""
        latest_s = -math.inf
        while not self.is_stopping or time.monotonic() < min(self._stopped_s + _GRACE_S, latest_s + _GAP_S):
            try:
                answer = answers.get(timeout=TICK_S)
            except Empty:
                answer = None
            if isinstance(answer, _Over):
                return answer
            if isinstance(answer, _Ready):
                self.is_starting, answer = False, None
            if answer is not None:
                latest_s = time.monotonic()
            yield answer
        return None

    def _listen(self, calls: Iterable[Call], answers: SimpleQueue[Any], *, one_by_one: bool) -> None:
        """Put what the calls return into a queue; runs in a thread, for joblib waits in the one that asks."""
        # Its own way of telling that a process took more memory, and was replaced; nothing is lost.
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs", category=UserWarning)
        greeting: Call = (_greet, (os.getpid(),), {})
        try:
            parallel = Parallel(
                n_jobs=max(self.n_workers, 2),  # with one it would be this very process
                return_as="generator_unordered",
                batch_size=1,  # those of one batch are answered together
                pre_dispatch=1 if one_by_one or self.n_workers == 1 else "2 * n_jobs",
                temp_folder=folder_of_arrays(),
            )
            for answer in parallel(self._wanted(chain(repeat(greeting, self.n_workers), calls))):
                answers.put(answer)
        except BaseException as exc:  # noqa: BLE001  # told to whoever waits for the answers
            answers.put(_Over(exc))
        else:
            answers.put(_Over(None))

    def _wanted(self, calls: Iterable[Call]) -> Iterator[Call]:
        for call in calls:
            if self.is_stopping:
                return
            yield call

    @staticmethod
    def _kill() -> None:
        """Kill the workers, so that joblib gives up; it starts others when there are calls again."""
        Workers._killed_s = time.monotonic()
        for child in multiprocessing.active_children():
            if isinstance(child, LokyProcess) and child.pid is not None:
                try:
                    os.kill(child.pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue


def _greet(parent: int) -> _Ready:
    """Import what fits need, once for a process, and prepare for the end of the one that asks."""
    for module in _NEEDED:
        import_module(module)
    if os.getpid() != parent and not any(thread.name == _watch.__name__ for thread in threading.enumerate()):
        # What interrupts a cell is sent to all that the kernel started, and is not meant for the training.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.nice(_NICE)  # the notebook, and the page that shows it, come first
        threading.Thread(target=_watch, args=(parent,), name=_watch.__name__, daemon=True).start()
    return _Ready()


def _watch(parent: int) -> None:
    """End this process when the one that started it is gone: nobody would want the fit."""
    wait_for(lambda: os.getppid() != parent, math.inf, service="the kernel's end", interval_s=_WATCH_S)
    os._exit(1)


def folder_of_arrays(memory: str = _MEMORY, *, least_bytes: int = _LEAST_MEMORY_BYTES) -> str:
    """Return where joblib puts large arrays for the workers, while a run lasts.

    It is where it would put them itself: but not told so, it leaves a folder behind for each run.

    Parameters
    ----------
    memory : path, default "/dev/shm"
        A file system in memory.
    least_bytes : int, default 2 GiB
        That have to be free in it; else the folder is that of temporary files.

    Returns
    -------
    str
        ``JOBLIB_TEMP_FOLDER``, if the user has set it.
    """
    chosen = os.environ.get("JOBLIB_TEMP_FOLDER")
    if chosen:
        return chosen
    try:
        is_roomy = shutil.disk_usage(memory).free >= least_bytes
    except OSError:
        is_roomy = False
    return memory if is_roomy and os.access(memory, os.W_OK) else tempfile.gettempdir()
