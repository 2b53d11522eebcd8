"""The rows that a model was fitted to, and those it never saw: a picture of either, as the browser switches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from bokeh.models.widgets import RadioGroup

from pycore.plots.controls import choice
from pycore.results.evaluation import PARTS, Part

__all__ = ["WORDS", "part_choice", "parts_of"]

WORDS: dict[Part, str] = {"train": "training rows", "test": "test rows"}


class _OfPart(Protocol):
    """Anything that was found of a part."""

    @property
    def part(self) -> Part: ...


def parts_of(found: Iterable[_OfPart]) -> list[Part]:
    """Return the parts that there are, the training part first; pictures show the last of them at first."""
    there = {each.part for each in found}
    return [part for part in PARTS if part in there]


def part_choice(parts: Sequence[Part], *, name: str) -> RadioGroup:
    """Return buttons that choose one of the parts, at first the last.

    Examples
    --------
    >>> control = part_choice(["train", "test"], name="results-roc-part")
    >>> control.labels, control.active
    (['training', 'test'], 1)
    """
    labels = [WORDS[part].removesuffix(" rows") for part in parts]
    return choice("Rows", labels, len(labels) - 1, name=name)
