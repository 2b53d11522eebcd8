"""A trainer that takes its time, and what waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from pycore.apps.train import Trainer

__all__ = ["TIMEOUT_S", "in_a_kernel", "progress_of", "slowed", "until"]

TIMEOUT_S = 90


def slowed(trainer: Trainer) -> Trainer:
    """Let it train what takes minutes."""
    trainer.form.models.model.value = "gradient_boosting"
    for slider in trainer.form.models.sliders.values():
        slider.value = (slider.options[0][1], slider.options[-1][1])
    return trainer


def in_a_kernel(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Run a cell that awaits."""

    async def bounded() -> Any:
        return await asyncio.wait_for(work(), 2 * TIMEOUT_S)

    return asyncio.run(bounded())


async def until(trainer: Trainer, said: str) -> None:
    """Wait until the progress says so."""
    progress = trainer.desk.shown.progress
    changed = asyncio.Event()
    progress._line.observe(lambda _: changed.set(), "value")
    async with asyncio.timeout(TIMEOUT_S):
        while said not in progress.text:
            await changed.wait()
            changed.clear()


def progress_of(trainer: Trainer) -> str:
    return trainer.desk.shown.progress.text
