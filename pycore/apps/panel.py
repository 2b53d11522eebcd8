"""The place of one picture in an app: a spinner while it is computed, then the picture, or a card that says why not."""

from __future__ import annotations

import asyncio
import html
import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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


@dataclass(eq=False)
class _Wish:
    """Arguments of one update, and what came of them."""

    arguments: tuple[Any, ...]
    show: Callable[[], None] | None = None  # puts the picture or the card in its place; None: nothing is computed yet
    is_given_up: bool = False  # no thread has to begin with it any more


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
        self._running: _Wish | None = None
        self._waiting: _Wish | None = None
        self._latest: _Wish | None = None
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
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.show(*arguments)
            return
        self._latest = self._waiting = _Wish(arguments)
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._work())

    def show(self, *arguments: Any) -> None:
        """Show the picture for these arguments now, instead of any that is still to come."""
        self._stop()
        self._latest = _Wish(arguments)
        self._finish(self._latest)

    def settle(self) -> None:
        """Return when the picture for the last arguments is shown; does nothing if it is."""
        if self._task is not None and not self._task.done() and self._latest is not None:
            self._stop()
            self._finish(self._latest)

    async def settled(self) -> None:
        """Wait until nothing is computed and nothing waits."""
        while self._task is not None and not self._task.done():
            await asyncio.wait([self._task])

    def _stop(self) -> None:
        """Let nothing be drawn of what is computed or waits."""
        self._waiting = None
        if self._running is not None:
            self._running.is_given_up = True
        if self._spinning is not None:
            self._spinning.cancel()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _finish(self, wish: _Wish) -> None:
        """Show what a thread has found for this wish, or else compute it."""
        with self._computing:
            if wish.show is None:
                wish.show = self._tried(wish)
        self._show(wish)

    def _begin(self, wish: _Wish) -> None:
        """Compute what is wished for; runs in a thread, which may come late."""
        with self._computing:
            if wish.show is None and not wish.is_given_up:
                wish.show = self._tried(wish)

    def _tried(self, wish: _Wish) -> Callable[[], None]:
        # What is raised is no matter of the loop, where a StopIteration would never arrive.
        began_s = time.monotonic()
        try:
            found = self._compute(*wish.arguments)
        except Exception as exc:  # noqa: BLE001  # it is shown in the place of the picture
            return partial(self._fail, exc)
        self._ended_s = time.monotonic()
        self._took_s = self._ended_s - began_s
        return partial(self._put, found)

    @staticmethod
    def _show(wish: _Wish) -> None:
        show, wish.show = wish.show, _nothing  # what was found may be large
        if show is not None:
            show()

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
            wish, self._waiting = self._waiting, None
            self._running = wish
            self._spinning = spinning = loop.call_later(_SPINNER_AFTER_S, self._spin)
            try:
                if not self._is_quick:
                    await asyncio.to_thread(self._begin, wish)
                self._finish(wish)
            finally:
                spinning.cancel()

    def _spin(self) -> None:
        spinner = _spinner(self.title)
        spinner.layout.order = "-1"  # above the picture, and behind it in the list: see _beside
        self._beside(spinner)

    def _put(self, found: T) -> None:
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


def _nothing() -> None:
    """Show what is shown already."""


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
    text = f"{html.escape(title)}: being computed …"
    return ipywidgets.HTML(f'{_STYLE}<div class="pycore-spinner" role="status"><i></i><span>{text}</span></div>')
