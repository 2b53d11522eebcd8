"""Labels of columns, of any type, as unique texts; an index that says something, as columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any, cast

import pandas as pd

from pycore.exceptions import DatasetError, UnknownNameError

__all__ = ["columns_of_index", "encodable", "label_of", "unique_labels"]


def columns_of_index(frame: pd.DataFrame) -> list[pd.Series]:
    """Return the levels of an index that has a name, holds dates or is of several levels; of others none.

    They are called as :meth:`pandas.DataFrame.reset_index` calls them.

    Examples
    --------
    >>> frame = pd.DataFrame({"close": [1.5, 2.5]}, index=pd.DatetimeIndex(["2020-01-02", "2020-01-03"]))
    >>> [level.name for level in columns_of_index(frame)], columns_of_index(frame.reset_index())
    (['index'], [])
    """
    index = frame.index
    if isinstance(index, pd.MultiIndex):
        names = [f"level_{place}" if name is None else name for place, name in enumerate(index.names)]
        return [pd.Series(index.get_level_values(place), name=name) for place, name in enumerate(names)]
    if index.name is None and not isinstance(index, pd.DatetimeIndex | pd.PeriodIndex):
        return []
    return [pd.Series(index, name="index" if index.name is None else index.name)]


def unique_labels(labels: Sequence[Hashable]) -> list[str]:
    """Return a text for each label, with a number behind those that would be the same.

    Examples
    --------
    >>> unique_labels(["a", ("a", 1), 1, "1", ""])
    ['a', 'a / 1', '1', '1 (2)', '(no name)']
    """
    texts = [_text(label) for label in labels]
    taken = set(texts)
    seen: Counter[str] = Counter()
    unique = []
    for text in texts:
        seen[text] += 1
        label = text
        while seen[text] > 1 and label in taken:
            label = f"{text} ({seen[text]})"
            if label in taken:
                seen[text] += 1
        taken.add(label)
        unique.append(label)
    return unique


def label_of(target: Hashable, original: Sequence[Hashable], labels: Sequence[str]) -> str | None:
    """Return that of `labels` which `target` means: the one that an equal label became, or its text.

    Raises
    ------
    UnknownNameError
        There is none; those that there are get listed.
    DatasetError
        There are no labels at all.
    """
    if target is None:
        return None
    for label, text in zip(original, labels, strict=True):
        if label is target or (type(label) is type(target) and label == target):
            return text
    if encodable(str(target)) in labels:
        return cast("str", encodable(str(target)))
    if not labels:
        raise DatasetError(f"there is no column {str(target)!r} to predict, nor any other.")
    raise UnknownNameError.of("column", str(target), labels)


def encodable(text: object) -> Any:
    r"""Return a text that can be sent: half a surrogate pair, which cannot, as ``\ud800``; what is no text as it is."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8") if isinstance(text, str) else text


def _text(label: Hashable) -> str:
    if isinstance(label, tuple):
        return " / ".join(map(_text, label))
    text: str = encodable(str(label))
    return text if text.strip() else "(no name)"
