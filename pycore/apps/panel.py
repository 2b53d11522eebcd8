"""The place of one picture in an app: a spinner while it is computed, then the picture, or a card that says why not."""

from __future__ import annotations

import asyncio
import html
import logging
import math
import threading
import time
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

import ipywidgets

from pycore.exceptions import PycoreError

__all__ = ["Panel", "card"]

logger = logging.getLogger(__name__)

T = TypeVar("T")

_QUICK_S: Final = 0.02  # nobody sees a page wait so long
_PAUSE_S: Final = 0.05  # a slider that is dragged moves more often
_SPINNER_AFTER_S: Final = 0.3  # what is faster would only flicker
_STYLE: Final = """<style>
@keyframes pycore-turn { to { transform: rotate(360deg); } }
.pycore-spinner { display: flex; gap: 10px; align-items: center; padding: 24px; color: var(--jp-ui-font-color1); }
.pycore-spinner i { width: 18px; height: 18px; border-radius: 50%; animation: pycore-turn 1s linear infinite;
  border: 3px solid var(--jp-border-color1); border-top-color: var(--jp-brand-color1); }
@media (prefers-reduced-motion: reduce) { .pycore-spinner i { animation-duration: 8s; } }
.pycore-card { margin: 8px 0; padding: 10px 14px; border-left: 4px solid var(--jp-warn-color0);
  background: var(--jp-layout-color2); color: var(--jp-ui-font-color1); line-height: 1.45; white-space: normal; }
</style>"""


class Panel(Generic[T]):
    """A place for one picture.

    At most one computation runs and one waits: of values that come faster, the last one is shown.

    Parameters
    ----------
    title : str
        What the spinner and the card say.
    compute : callable
        Takes the arguments of :meth:`update` and returns what `draw` needs. It runs in a thread, so it touches no
        widget and no figure.
    draw : callable
        Takes what `compute` returned, and returns the widget to show; or None, when it changed the one that is shown.
    is_quick : bool, default False
        Whether `compute` takes milliseconds, once it was run: then values that come one by one start no thread.

    Attributes
    ----------
    widget : ipywidgets.VBox
        What stands in the app.
    error : Exception or None
        Why there is a card instead of the picture.

    Examples
    --------
    >>> panel = Panel("squares", lambda n: [i * i for i in range(n)], lambda squares: ipywidgets.Label(str(squares)))
    >>> panel.show(4)
    >>> panel.widget.children[0].value
    '[0, 1, 4, 9]'
    """

    def __init__(
        self,
        title: str,
        compute: Callable[..., T],
        draw: Callable[[T], ipywidgets.DOMWidget | None],
        *,
        is_quick: bool = False,
    ) -> None:
        self.title = title
        self.error: Exception | None = None
        self._compute = compute
        self._draw = draw
        self._drawn: ipywidgets.DOMWidget | None = None
        self._waiting: tuple[Any, ...] | None = None
        self._latest: tuple[Any, ...] | None = None
        self._found: tuple[tuple[Any, ...], T] | None = None  # for which arguments, until it is drawn
        self._computing = threading.Lock()  # a thread cannot be stopped: what comes after it has to wait
        self._task: asyncio.Task[None] | None = None
        self._spinning: asyncio.TimerHandle | None = None
        self._may_be_quick = is_quick
        self._took_s = math.inf  # the last computation
        self._ended_s = -math.inf  # when it ended
        self.widget = ipywidgets.VBox([_spinner(title)])

    @property
    def is_drawn(self) -> bool:
        """Whether there is a picture, or a card in its place."""
        return self._drawn is not None or self.error is not None

    def update(self, *arguments: Any) -> None:
        """Show the picture for these arguments soon; where no event loop runs, now."""
        self._latest = arguments
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.show(*arguments)
            return
        self._waiting = arguments
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._work())

    def show(self, *arguments: Any) -> None:
        """Show the picture for these arguments now, instead of any that is still to come."""
        self._latest = arguments
        self._stop()
        self._forget()
        self._finish(arguments)

    def settle(self) -> None:
        """Return when the picture for the last arguments is shown; does nothing if it is."""
        if self._task is not None and not self._task.done() and self._latest is not None:
            is_outdated = self._waiting is not None
            self._stop()
            if is_outdated:
                self._forget()
            self._finish(self._latest)

    async def settled(self) -> None:
        """Wait until nothing is computed and nothing waits."""
        while self._task is not None and not self._task.done():
            await asyncio.wait([self._task])

    def _stop(self) -> None:
        """Let nothing be drawn of what is computed or waits."""
        self._waiting = None
        if self._spinning is not None:
            self._spinning.cancel()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _forget(self) -> None:
        """Wait for the thread that computes, and leave what it found."""
        with self._computing:
            self._found = None

    def _finish(self, arguments: tuple[Any, ...]) -> None:
        try:
            found = self._computed(arguments)
        except Exception as exc:  # noqa: BLE001  # it is shown in the place of the picture
            self._fail(exc)
        else:
            self._put(found)

    def _computed(self, arguments: tuple[Any, ...]) -> T:
        """Return what a thread has found for the very same arguments and nobody has drawn, or else compute it."""
        with self._computing:
            if self._found is None or self._found[0] is not arguments:
                began_s = time.monotonic()
                self._found = (arguments, self._compute(*arguments))
                self._ended_s = time.monotonic()
                self._took_s = self._ended_s - began_s
            return self._found[1]

    @property
    def _is_quick(self) -> bool:
        """Whether a thread would take longer to start than what it is for.

        Values that come faster than they are drawn always get one: the event loop takes the next ones in meanwhile.
        """
        comes_slowly = time.monotonic() - self._ended_s > _PAUSE_S
        return self._may_be_quick and comes_slowly and self._took_s < _QUICK_S and not self._computing.locked()

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting is not None:
            arguments, self._waiting = self._waiting, None
            self._spinning = spinning = loop.call_later(_SPINNER_AFTER_S, self._spin)
            try:
                found = self._computed(arguments) if self._is_quick else await self._in_thread(arguments)
            except Exception as exc:  # noqa: BLE001  # it is shown in the place of the picture
                self._fail(exc)
            else:
                self._put(found)
            finally:
                spinning.cancel()

    async def _in_thread(self, arguments: tuple[Any, ...]) -> T:
        return await asyncio.to_thread(self._computed, arguments)

    def _spin(self) -> None:
        spinner = _spinner(self.title)
        spinner.layout.order = "-1"  # above the picture, and behind it in the list: see _beside
        self._beside(spinner)

    def _put(self, found: T) -> None:
        self._found = None
        try:
            drawn = self._draw(found)
        except Exception as exc:  # noqa: BLE001  # it is shown in the place of the picture
            self._fail(exc)
            return
        self.error = None
        if drawn is not None:
            self._drawn = drawn
        if self._drawn is not None and self.widget.children != (self._drawn,):
            self.widget.children = (self._drawn,)
        if self._drawn is not None:
            self._drawn.layout.display = None

    def _fail(self, exc: Exception) -> None:
        self.error = exc
        if not isinstance(exc, PycoreError):
            logger.debug("%s cannot be shown", self.title, exc_info=exc)
        if self._drawn is not None:
            self._drawn.layout.display = "none"
        self._beside(card(self.title, exc))

    def _beside(self, said: ipywidgets.HTML) -> None:
        # The picture stays the first child: one that moves is made anew by the page, from what it was at its beginning.
        self.widget.children = (said,) if self._drawn is None else (self._drawn, said)


def card(title: str, exc: Exception) -> ipywidgets.HTML:
    """Return a card that says what cannot be shown and why; without a traceback, and without values if it is a bug."""
    if isinstance(exc, PycoreError):
        reason = str(exc)
    elif isinstance(exc, MemoryError):
        reason = "there is not enough memory; look at fewer rows or columns."
    else:
        reason = f"there was a {type(exc).__name__}, which is a bug in pycore."
    text = f"<b>{html.escape(title)}</b> cannot be shown: {html.escape(reason)}"
    return ipywidgets.HTML(f'{_STYLE}<div class="pycore-card" role="alert">{text}</div>')


def _spinner(title: str) -> ipywidgets.HTML:
    text = f"{html.escape(title)} is being computed …"
    return ipywidgets.HTML(f'{_STYLE}<div class="pycore-spinner" role="status"><i></i><span>{text}</span></div>')
