"""Rows as points: columns of any kind along axes, as sizes and as colours."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd

from pycore.analysis.classes import grouped
from pycore.analysis.sampling import SEED
from pycore.exceptions import DatasetError
from pycore.results.classes import Classes
from pycore.results.dataset import Column, Dataset
from pycore.results.scatter import AxisKind, Bins, Choice, Quantity, Scale, Scatter, Sizes

__all__ = ["axis_columns", "default_choice", "measured_columns", "scattered"]

Floats = np.ndarray[Any, np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

SIZES: Final = (6, 9, 12, 15, 18, 21)  # pixels
_SIZE_WITHOUT_VALUE: Final = 4
_LARGEST: Final = 1e300  # the width of an axis would be infinite beyond
_JITTER: Final = 0.3  # of the distance of two classes, to either side
_BAR: Final = 0.42
_MOST_BINS: Final = 50
_LEAST_BINS: Final = 8
_MARGIN: Final = 0.04
_HALF_DAY_MS: Final = 43_200_000.0
_COLOURED_SHARE: Final = 0.98
_N_RANGES: Final = 4
_FEW_VALUES: Final = 12
_PRECISIONS: Final = ("D", "m", "s", "ms")
_DIGITS: Final = (4, 6, 9, 12, 17)
_MOST_WHOLE: Final = 1e9
_LEAST_PAIRS: Final = 3  # two points always lie on a line


def axis_columns(dataset: Dataset) -> list[str]:
    """Return the names of the columns that points can lie along: those with values that are not texts."""
    n_rows = len(dataset.frame)
    return [column.name for column in dataset.columns if column.kind != "text" and column.n_missing < n_rows]


def measured_columns(dataset: Dataset) -> list[str]:
    """Return the names of the columns that sizes can say: numbers and dates."""
    return [name for name in axis_columns(dataset) if dataset.column(name).kind in {"number", "date"}]


def default_choice(dataset: Dataset) -> Choice:
    """Return what is shown first.

    Numbers come before dates, dates before categories; with a regression, the target stands above the feature that it
    goes along with most. The target is the colour; without one the first category.

    Raises
    ------
    DatasetError
        There is no row, or no column that points can lie along.
    """
    if not len(dataset.frame):
        raise DatasetError(f"{dataset.name} has no rows, so there is nothing to draw.", dataset=dataset.name)
    known = axis_columns(dataset)
    if not known:
        raise DatasetError(
            f"{dataset.name} has no column of numbers, categories or dates with values, which points could lie along.",
            dataset=dataset.name,
        )
    target = dataset.target if dataset.target in known else None
    colour = target or next((name for name in known if dataset.column(name).kind == "category"), None)
    order = sorted(known, key=lambda name: _rank(dataset.column(name), target))  # stable
    if target is not None and dataset.task == "regression" and len(order) > 1:
        numbers = [name for name in order if _rank(dataset.column(name), target) == 0]
        return Choice(x=_best_correlated(dataset, numbers, target) or order[0], y=target, colour=colour)
    return Choice(x=order[0], y=order[1], colour=colour) if len(order) > 1 else Choice(x=None, y=order[0])


def _rank(column: Column, target: str | None) -> int:
    """Return how late a column is chosen: numbers first, the target last, before it what only names the rows."""
    if column.name == target:
        return 4
    return 3 if column.is_identifier else ("number", "date", "category").index(column.kind)


def _best_correlated(dataset: Dataset, names: list[str], target: str) -> str | None:
    """Return the column whose linear correlation with the target is the strongest, of rows where both have values."""
    aim = _finite(dataset.frame[target])
    best, strongest = None, 0.0
    for name in names:
        strength = _correlation(_finite(dataset.frame[name]), aim)
        if strength > strongest:
            best, strongest = name, strength
    return best


def _correlation(one: Floats, other: Floats) -> float:
    """Return the size of the correlation of rows where both have values; 0 where there is none."""
    both = np.isfinite(one) & np.isfinite(other)
    if np.count_nonzero(both) < _LEAST_PAIRS:
        return 0.0
    one, other = _centred(one[both]), _centred(other[both])
    length = np.sqrt((one @ one) * (other @ other))
    return float(abs(one @ other) / length) if length > 0 else 0.0


def _centred(values: Floats) -> Floats:
    """Return values around 0 and within -2 and 2, so that no square is too large or too small."""
    if values.min() == values.max():
        return np.zeros(len(values))
    values = values / np.abs(values).max()
    values = values - values.mean()
    largest = np.abs(values).max()
    return values / largest if largest > 0 else values


def scattered(dataset: Dataset, choice: Choice) -> Scatter:
    """Return the rows of `dataset` as points.

    Parameters
    ----------
    dataset : Dataset
        All of its rows are taken: of many, pass a sample.
    choice : Choice
        Of its columns.

    Notes
    -----
    Every row keeps its place, also one that is not drawn since it has no value along an axis: what is selected stays
    selected when other columns are chosen.

    Examples
    --------
    >>> from pycore.analysis.columns import examined
    >>> plants = examined(pd.DataFrame({"height": [1.0, 2.0, None], "kind": ["b", "a", "b"]}), name="plants")
    >>> scatter = scattered(plants, Choice(x="height", y="kind"))
    >>> scatter.x.values.tolist(), scatter.y.classes, scatter.notes
    ([1.0, 2.0, nan], ('a', 'b'), ('1 of 3 rows is left out: it has no finite value of height or kind.',))
    """
    n_rows = len(dataset.frame)
    places = {axis: _placed(dataset, name, axis) for axis, name in (("x", choice.x), ("y", choice.y))}
    drawn = np.isfinite(places["x"][1]) & np.isfinite(places["y"][1])
    notes = [*dataset.notes, *_left_out(n_rows, int(drawn.sum()), choice)]
    x, y = (
        _scale(dataset, name, kind, np.where(drawn, values, np.nan), classes)
        for name, (kind, values, classes) in zip((choice.x, choice.y), places.values(), strict=True)
    )
    sizes = _sizes(dataset, choice.size) if choice.size is not None else None
    colour = _colour(dataset, choice.colour) if choice.colour is not None else None
    notes += _size_notes(sizes, drawn) + _colour_notes(colour, drawn)
    return Scatter(
        dataset=dataset.name,
        choice=choice,
        n_rows=n_rows,
        x=x,
        y=y,
        sizes=sizes,
        colour=colour,
        groups=colour if isinstance(colour, Classes) else _ranges(colour or y),
        notes=tuple(notes),
    )


def _placed(dataset: Dataset, name: str | None, axis: str) -> tuple[AxisKind, Floats, tuple[str, ...]]:
    """Return the kind of a column, where each of its rows lies, and the names of the places of a category."""
    if name is None:
        return "number", np.arange(len(dataset.frame), dtype="float64"), ()
    kind = _kind(dataset, name)
    if kind != "category":
        return kind, _finite(dataset.frame[name]), ()
    classes = grouped(dataset.frame[name])
    # The two axes jitter apart: else classes against classes would lie on diagonals.
    chance = np.random.default_rng([SEED, axis == "y"])
    return kind, classes.codes + chance.uniform(-_JITTER, _JITTER, len(classes.codes)), classes.names


def _kind(dataset: Dataset, name: str) -> AxisKind:
    kind = dataset.column(name).kind
    if kind == "text":
        raise DatasetError(
            f"The column {name!r} of {dataset.name} holds texts, along which no points can lie; choose one of numbers, "
            "categories or dates.",
            dataset=dataset.name,
        )
    return kind


def _finite(series: pd.Series) -> Floats:
    """Return numbers, or dates as milliseconds; NaN where there is none that can be drawn."""
    if pd.api.types.is_datetime64_dtype(series.dtype):
        milliseconds = series.to_numpy("datetime64[ms]").astype("int64").astype("float64")
        return np.where(series.isna().to_numpy(), np.nan, milliseconds)
    with np.errstate(over="ignore"):  # of a wider float
        values = series.to_numpy("float64", na_value=np.nan)
    return np.where(np.abs(values) <= _LARGEST, values, np.nan)


def _left_out(n_rows: int, n_drawn: int, choice: Choice) -> list[str]:
    n_out = n_rows - n_drawn
    if not n_out:
        return []
    names = " or ".join(name for name in (choice.x, choice.y) if name is not None)
    verb, who = ("is", "it has") if n_out == 1 else ("are", "they have")
    return [f"{n_out:,} of {n_rows:,} rows {verb} left out: {who} no finite value of {names}."]


def _scale(dataset: Dataset, name: str | None, kind: AxisKind, values: Floats, classes: tuple[str, ...]) -> Scale:
    start, end = _reach(kind, values, len(classes))
    return Scale(
        name="row" if name is None else name,
        unit="" if name is None else dataset.column(name).unit,
        kind=kind,
        values=values,
        start=start,
        end=end,
        classes=classes,
        bins=_bins(kind, values, len(classes)),
    )


def _reach(kind: AxisKind, values: Floats, n_classes: int) -> tuple[float, float]:
    """Return what an axis reaches over: a little more than its values."""
    if kind == "category":
        return -0.6, n_classes - 0.4
    low, high = _extent(values)
    if low == high:
        margin = _HALF_DAY_MS if kind == "date" else max(abs(low) * _MARGIN, 0.5)
    else:
        margin = (high - low) * _MARGIN
    return low - margin, high + margin


def _extent(values: Floats) -> tuple[float, float]:
    there = values[np.isfinite(values)]
    return (float(there.min()), float(there.max())) if len(there) else (0.0, 1.0)


def _bins(kind: AxisKind, values: Floats, n_classes: int) -> Bins:
    """Return the histogram of an axis: a bar for each class, each whole number of a few, or each of equal parts."""
    drawn = np.isfinite(values)
    if kind == "category":
        left, right = np.arange(n_classes) - _BAR, np.arange(n_classes) + _BAR
        found = np.rint(values[drawn]).astype("int64")
    else:
        edges = _edges(values[drawn])
        left, right = edges[:-1], edges[1:]
        found = np.clip(np.searchsorted(edges, values[drawn], side="right") - 1, 0, len(left) - 1)
    places = np.full(len(values), -1)
    places[drawn] = found
    return Bins(left=left, right=right, counts=np.bincount(found, minlength=len(left)), places=places)


def _edges(values: Floats) -> Floats:
    low, high = _extent(values)
    if low == high:
        half = max(abs(low) * 0.01, 0.5)
        return np.array([low - half, high + half])
    if high - low < _MOST_BINS and bool((values % 1 == 0).all()):
        return np.arange(low - 0.5, high + 1)
    n_bins = int(np.clip(np.ceil(2 * len(values) ** (1 / 3)), _LEAST_BINS, _MOST_BINS))
    edges = np.linspace(low, high, n_bins + 1)
    # Numbers that differ in their last digit only leave no room for edges between them.
    return edges if bool((np.diff(edges) > 0).all()) else np.array([low, high])


def _sizes(dataset: Dataset, name: str) -> Sizes:
    """Return diameters that grow with the sixth of the rows that a value lies in."""
    column = dataset.column(name)
    if column.kind not in {"number", "date"}:
        raise DatasetError(
            f"The column {name!r} of {dataset.name} holds no quantity that sizes could say; choose one of numbers or "
            "dates.",
            dataset=dataset.name,
        )
    values = _finite(dataset.frame[name])
    places = _parts(values, _part_edges(values, len(SIZES)))
    pixels = np.where(places < 0, _SIZE_WITHOUT_VALUE, np.array(SIZES)[places])
    return Sizes(name=name, unit=column.unit, kind=_kind(dataset, name), values=values, pixels=pixels.astype("uint8"))


def _parts(values: Floats, edges: Floats) -> np.ndarray[Any, Any]:
    """Return which part each value lies in, edges with the part below them; -1: no value."""
    places = np.clip(np.searchsorted(edges, values, side="left") - 1, 0, max(len(edges) - 2, 0))
    return np.where(np.isfinite(values), places, -1)


def _part_edges(values: Floats, n_parts: int) -> Floats:
    """Return the edges of parts with equal numbers of rows; fewer parts where values repeat."""
    there = values[np.isfinite(values)]
    return np.unique(np.quantile(there, np.linspace(0, 1, n_parts + 1))) if len(there) else np.empty(0)


def _size_notes(sizes: Sizes | None, drawn: Mask) -> list[str]:
    if sizes is None:
        return []
    notes = [f"The larger a dot, the more {sizes.name}; each size stands for about as many rows."]
    return notes + _without_value(sizes.values[drawn], "smallest", sizes.name)


def _without_value(values: Floats, look: str, name: str) -> list[str]:
    n_without = int(np.isnan(values).sum())
    if not n_without:
        return []
    dots = "dot has" if n_without == 1 else "dots have"
    return [f"The {n_without:,} {look} {dots} no finite value of {name}."]


def _colour(dataset: Dataset, name: str) -> Classes | Quantity:
    """Return classes, or a quantity with the range that the scale of colours reaches over."""
    column = dataset.column(name)
    kind = _kind(dataset, name)
    if kind == "category":
        return grouped(dataset.frame[name])
    values = _finite(dataset.frame[name])
    low, high = _extent(values)
    there = values[np.isfinite(values)]
    if len(there):
        rest = (1 - _COLOURED_SHARE) / 2
        inner = np.quantile(there, [rest, 1 - rest])
        # A few outliers would leave one colour to all others.
        if 0 < inner[1] - inner[0] < (high - low) / 2:
            low, high = map(float, inner)
    if low == high:
        low, high = low - 0.5, high + 0.5
    return Quantity(name=name, unit=column.unit, kind=kind, values=values, low=low, high=high)


def _colour_notes(colour: Classes | Quantity | None, drawn: Mask) -> list[str]:
    if not isinstance(colour, Quantity):
        return []
    notes = _without_value(colour.values[drawn], "grey", colour.name)
    there = colour.values[np.isfinite(colour.values)]
    if bool(((there < colour.low) | (there > colour.high)).any()):
        notes.append(f"The colours reach over 98 % of the values of {colour.name}; the rest has those of the ends.")
    return notes


def _ranges(measure: Quantity | Scale) -> Classes:
    """Return parts of the rows by what is coloured, or by the y axis: quarters, or each of a few values."""
    if isinstance(measure, Scale) and measure.kind == "category":
        return _classes(measure.classes, measure.bins.places)
    there = np.isfinite(measure.values)
    values, codes = np.unique(measure.values[there], return_inverse=True)
    if len(values) <= _FEW_VALUES:
        places = np.full(len(there), -1)
        places[there] = codes
        return _classes(_texts(values, measure.kind), places)
    edges = _part_edges(measure.values, _N_RANGES)
    names = (f"{low} to {high}" for low, high in pairwise(_texts(edges, measure.kind)))
    return _classes(tuple(names), _parts(measure.values, edges))


def _classes(names: tuple[str, ...], codes: np.ndarray[Any, Any]) -> Classes:
    return Classes(names=names, codes=codes, counts=np.bincount(codes[codes >= 0], minlength=len(names)))


def _texts(values: Floats, kind: AxisKind) -> tuple[str, ...]:
    """Return values in as few characters as tell them apart."""
    if kind == "date":
        days = values.astype("int64").astype("datetime64[ms]")
        tries = ([str(day.astype(f"datetime64[{unit}]")).replace("T", " ") for day in days] for unit in _PRECISIONS)
    else:
        tries = ([_number_text(value, digits) for value in values] for digits in _DIGITS)
    texts: list[str] = []
    for texts in tries:
        if len(set(texts)) == len(values):
            break
    return tuple(texts)


def _number_text(value: float, digits: int) -> str:
    is_plain = value % 1 == 0 and abs(value) < _MOST_WHOLE
    return f"{value:.0f}" if is_plain else f"{value:.{digits}g}"
