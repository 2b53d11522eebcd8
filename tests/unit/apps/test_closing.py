"""Widgets that are replaced are closed when no page can be about to ask for them."""

from __future__ import annotations

import asyncio

import ipywidgets

from pycore.apps.closing import close_later


def test_without_an_event_loop_nobody_looks() -> None:
    inner, outer = ipywidgets.Label("old"), ipywidgets.VBox()
    outer.children = (inner,)

    close_later([outer])

    assert (inner.comm, outer.comm) == (None, None)


def test_where_one_runs_a_page_that_is_being_loaded_finds_them() -> None:
    line = ipywidgets.Label("old")

    async def cell() -> bool:
        close_later([line], pause_s=0.05)
        was_there = line.comm is not None
        async with asyncio.timeout(10):
            while line.comm is not None:  # noqa: ASYNC110  # a comm tells nobody of its end
                await asyncio.sleep(0.01)
        return was_there

    assert asyncio.run(cell())
