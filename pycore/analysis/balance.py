"""How often each class of a target occurs, and which are too rare to learn."""

from __future__ import annotations

from typing import Final

import numpy as np

from pycore._wording import counted, listed
from pycore.analysis.classes import grouped
from pycore.analysis.wording import percent
from pycore.results.dataset import Dataset
from pycore.results.quality import Balance, Remark

__all__ = ["balance", "remarks"]

_LEAST_ROWS: Final = 10  # of a class: two in each part of a cross-validation in five
_LOPSIDED: Final = 10.0  # times as many rows in the largest class as in the smallest


def balance(dataset: Dataset) -> Balance | None:
    """Return how often each class of the target occurs in all rows; None if there are no classes to predict.

    Examples
    --------
    >>> import pandas as pd
    >>> from pycore.analysis.columns import examined
    >>> found = balance(examined(pd.DataFrame({"kind": ["a"] * 50 + ["b"] * 3}), name="few", target="kind"))
    >>> found.names, found.counts.tolist(), found.rare
    (('a', 'b'), [50, 3], {'b': 3})
    """
    if dataset.target is None or dataset.task != "classification" or not len(dataset.frame):
        return None
    target = dataset.frame[dataset.target]
    classes = grouped(target)
    codes = target.cat.codes.to_numpy()
    names = [str(name) for name in target.cat.categories]
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    order = np.argsort(counts, kind="stable")
    rare = {names[place]: int(counts[place]) for place in order if 0 < counts[place] < _LEAST_ROWS}
    return Balance(
        target=dataset.target,
        names=classes.names,
        counts=classes.counts,
        rare=rare,
        n_classes=int(np.count_nonzero(counts)),
        n_missing=int((codes < 0).sum()),
    )


def remarks(found: Balance, dataset: Dataset) -> list[Remark]:
    """Return what the sizes of the classes mean."""
    target = (found.target,)
    if found.n_classes == 1:
        return [Remark(what="One class", severity="serious", columns=target, sentence=_ONE_CLASS)]
    said = []
    if found.rare:
        said.append(
            Remark(
                what="Rare classes",
                severity="serious" if min(found.rare.values()) < 2 else "warning",
                columns=target,
                sentence=_rare_sentence(found),
            )
        )
    counts = _counts(dataset)
    ratio = counts.max() / counts.min()
    if ratio >= _LOPSIDED:
        said.append(
            Remark(
                what="Unbalanced classes",
                severity="note",
                columns=target,
                sentence=f"The largest class has {ratio:,.0f} times as many rows as the smallest. A model that always "
                f"says the largest is right in {percent(counts.max() / counts.sum())} of the rows: judge by balanced "
                "accuracy or the area under the curve, split by class (stratify), and weigh classes.",
            )
        )
    return said


_ONE_CLASS: Final = "All rows are of one class, so there is nothing to tell apart. Look whether rows were left out."


def _counts(dataset: Dataset) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    codes = dataset.frame[dataset.target].cat.codes.to_numpy()
    counts = np.bincount(codes[codes >= 0])
    return counts[counts > 0]


def _rare_sentence(found: Balance) -> str:
    named = [f"{name}: {counted(n, 'row')}" for name, n in found.rare.items()]
    return (
        f"{counted(len(found.rare), 'class has', 'classes have')} fewer than {_LEAST_ROWS} rows ({listed(named, 8)}). "
        "A cross-validation can hardly judge them, and one with a single row cannot be split at all. Collect more, "
        "join them with others, or leave them out and say so."
    )
