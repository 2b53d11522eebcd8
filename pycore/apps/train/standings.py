"""The leaderboard as a table: a line for each candidate, the best first."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Final

from pycore.apps.cells import legible
from pycore.apps.train.layout import NO_FORMULAS
from pycore.apps.train.wording import metric_label, metric_of, parameter_list
from pycore.plots.labels import with_spread
from pycore.plots.score_words import ScoreWords
from pycore.results.run import Run
from pycore.results.training import Candidate

__all__ = ["standings"]

_MOST_LINES: Final = 25
_MOST_CHARACTERS: Final = 300


def standings(run: Run, words: ScoreWords) -> str:
    """Return the leaderboard of a run as HTML, everything in it escaped.

    Parameters
    ----------
    run : Run
        As it is now; the best 25 of its candidates are shown, and the baseline wherever it stands.
    words : ScoreWords
        What metric and models are called.
    """
    ranked = list(enumerate(run.candidates, 1))
    shown = ranked[:_MOST_LINES]
    shown += [(rank, each) for rank, each in ranked[_MOST_LINES:] if each.model == words.baseline]
    columns = _columns(run, words)
    heads = "".join(f'<th scope="col"{_class(number)}>{html.escape(name)}</th>' for name, number, _ in columns)
    lines = "".join(_line(rank, each, columns, words.baseline) for rank, each in shown)
    rest = len(ranked) - len(shown)
    more = f'<p class="pycore-quiet">and {rest:,} more: core.runs.fits("{html.escape(run.id)}")</p>' if rest else ""
    by = html.escape(metric_label(words))
    caption = f"<caption>Leaderboard by {by}: mean ± standard deviation over the folds</caption>"
    table = f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    return f'<div class="pycore-board {NO_FORMULAS}">{table}{more}</div>'


Cells = Sequence[tuple[str, bool, Callable[[int, Candidate], str]]]
"""Of each column its heading, whether it holds numbers, and what makes the text of a cell."""


def _columns(run: Run, words: ScoreWords) -> Cells:
    metric = metric_of(run)
    columns: list[tuple[str, bool, Callable[[int, Candidate], str]]] = [
        ("#", True, lambda rank, _: f"{rank:,}"),
        ("Model", False, lambda _, each: words.titles.get(each.model, each.model)),
        ("Hyperparameters", False, lambda _, each: parameter_list(each.parameters)),
        (
            words.metric,
            True,
            lambda _, each: with_spread(words.sign * each.score, each.score_std),
        ),
        ("On rows fitted to", True, lambda _, each: metric.text(each.train_score)),
        ("Folds", True, lambda _, each: f"{each.n_done} / {each.n_folds}"),
        ("Fit", True, lambda _, each: _seconds(each.fit_s)),
    ]
    if run.settings.search == "halving":
        columns.append(("Rows", True, lambda _, each: f"{each.n_rows:,}"))
    if any(each.error or each.warnings for each in run.candidates):
        columns.append(("Remark", False, lambda _, each: _remark(each)))
    return columns


def _line(rank: int, candidate: Candidate, columns: Cells, baseline: str) -> str:
    kind = "pycore-failed" if candidate.error else "pycore-baseline" if candidate.model == baseline else ""
    cells = "".join(
        f"<td{_class(number)}>{html.escape(legible(text(rank, candidate))[:_MOST_CHARACTERS])}</td>"
        for _, number, text in columns
    )
    return f'<tr class="{kind}">{cells}</tr>'


def _class(is_number: bool) -> str:  # noqa: FBT001  # a flag of the column, not a mode
    return ' class="pycore-number"' if is_number else ""


def _seconds(seconds: float) -> str:
    return f"{1000 * seconds:,.0f} ms" if seconds < 1 else f"{seconds:,.1f} s"


def _remark(candidate: Candidate) -> str:
    if candidate.error:
        return f"▲ failed: {candidate.error}"
    return f"● {' '.join(candidate.warnings)}" if candidate.warnings else ""
