"""Runs as tables: the list of them, and some side by side."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from pycore._wording import counted
from pycore.exceptions import PycoreError
from pycore.models.leaderboard import best_of
from pycore.results.run import Run
from pycore.results.training import Candidate

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["compared", "html_table", "text_table"]

_HEADER: Final = ("run", "data set", "state", "best model", "metric", "folds", "test", "fits", "took", "began")
_MOST: Final = 50
_BAD: Final = ("failed", "died")
_UNDER_WAY: Final = ("running", "died")
_STYLE: Final = """<style>
.pycore-runs td, .pycore-runs th { text-align: left !important; white-space: nowrap; max-width: 15em;
  overflow: hidden; text-overflow: ellipsis; }
.pycore-runs td:first-child { max-width: none; }
.pycore-runs .number { text-align: right !important; }
.pycore-runs .bad { color: var(--jp-error-color1, #b00020); }
.pycore-runs .going { color: var(--jp-brand-color1, #1976d2); }
.pycore-runs-note { color: var(--jp-ui-font-color1, inherit); }
</style>"""
_NUMBERS: Final = (5, 6, 7, 8)


def text_table(runs: Sequence[Run], remarks: Sequence[str] = ()) -> str:
    r"""Return runs as a table of text, with remarks below.

    Examples
    --------
    >>> text_table([], ["Redis is away."])
    '<no runs yet>\nRedis is away.'
    """
    if not runs:
        return "\n".join(["<no runs yet>", *remarks])
    rows = [_HEADER, *map(_row, runs[:_MOST])]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join([*lines, *_more(runs), *remarks])


def html_table(runs: Sequence[Run], remarks: Sequence[str] = ()) -> str:
    """Return runs as a table for a notebook, with remarks below."""
    notes = "".join(
        f'<div class="pycore-runs-note">{html.escape(each)}</div>'
        for each in ([] if runs else ["There are no runs yet."]) + _more(runs) + list(remarks)
    )
    if not runs:
        return _STYLE + notes
    head = "".join(f'<th class="{_kind(place)}">{title}</th>' for place, title in enumerate(_HEADER))
    body = "".join(map(_html_row, runs[:_MOST]))
    table = f'<table class="pycore-runs"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    table = f'<div style="overflow-x: auto">{table}</div>'
    return f"{_STYLE}{table}{notes}"


def compared(runs: Sequence[Run]) -> pd.DataFrame:
    """Return runs side by side: a column for each, a line for each fact of which there is one."""
    import pandas as pd

    columns = {run.id: dict(_facts(run)) for run in runs}
    names = list(dict.fromkeys(name for facts in columns.values() for name in facts))
    return pd.DataFrame(
        {name: [facts.get(fact, "") for fact in names] for name, facts in columns.items()},
        index=pd.Index(names, name="run"),
        dtype=object,
    )


def _more(runs: Sequence[Run]) -> list[str]:
    return [f"and {counted(len(runs) - _MOST, 'older run')}"] if len(runs) > _MOST else []


def _row(run: Run) -> tuple[str, ...]:
    best = run.best or (best_of(run.candidates) if run.state in _UNDER_WAY else None)
    title, shown = _metric(run)
    return (
        run.id,
        run.dataset,
        run.state,
        _title(run, best.model) if best is not None else "",
        title,
        "" if best is None else f"{shown(best.score):.4g} ± {best.score_std:.2g}",
        "" if run.test_score is None else f"{shown(run.test_score):.4g}",
        f"{run.n_done:,} / {run.n_fits:,}",
        _duration(run),
        _local(run.started_at),
    )


def _html_row(run: Run) -> str:
    cells = [
        f'<td title="{html.escape(cell)}" class="{_kind(place)}">{html.escape(cell)}</td>'
        for place, cell in enumerate(_row(run))
    ]
    kind = "bad" if run.state in _BAD else "going" if run.state == "running" else ""
    cells[2] = f'<td title="{html.escape(run.error)}" class="{kind}">{html.escape(run.state)}</td>'
    return f"<tr>{''.join(cells)}</tr>"


def _kind(place: int) -> str:
    return "number" if place in _NUMBERS else ""


def _facts(run: Run) -> list[tuple[str, Any]]:
    settings, best = run.settings, run.best
    title, shown = _metric(run)
    return [
        ("data set", run.dataset),
        ("target", run.target),
        ("state", run.state),
        ("best model", _title(run, best.model) if best is not None else ""),
        ("hyperparameters", _hyperparameters(best)),
        ("metric", title),
        ("on the folds", shown(best.score) if best is not None else ""),
        ("on the folds, ±", best.score_std if best is not None else ""),
        ("on the training part", "" if run.train_score is None else shown(run.train_score)),
        ("on the test part", "" if run.test_score is None else shown(run.test_score)),
        ("features", ", ".join(settings.features)),
        ("models", ", ".join(_title(run, model) for model in settings.models)),
        ("search", settings.search),
        ("fits", run.n_done),
        ("rows for training", run.n_train),
        ("rows for testing", run.n_test),
        ("split", f"{settings.split} by {settings.split_by}" if settings.split_by else settings.split),
        ("folds", settings.n_folds),
        ("seed", settings.seed),
        ("began", _local(run.started_at)),
        ("took", _duration(run)),
        ("digest of features and target", run.data_digest[:12]),
        *run.versions.items(),
    ]


def _hyperparameters(best: Candidate | None) -> str:
    return "" if best is None else ", ".join(f"{name}={value}" for name, value in best.parameters.items())


def _metric(run: Run) -> tuple[str, Any]:
    """Return what people call the metric, and what turns a score into it."""
    from pycore.models.metrics import scorer_of

    try:
        scorer = scorer_of(run.settings.metric, run.task)
    except PycoreError:  # of another version
        return run.settings.metric, float
    return scorer.title, scorer.shown


def _title(run: Run, model: str) -> str:
    from pycore.models.estimators import ESTIMATORS

    try:
        return ESTIMATORS.get(model, run.task).title
    except PycoreError:  # its own, of another kernel
        return model


def _local(moment: str) -> str:
    return f"{dt.datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}" if moment else ""


def _duration(run: Run) -> str:
    if not run.started_at or not (run.ended_at or run.beat_at):
        return ""
    ended = dt.datetime.fromisoformat(run.ended_at or run.beat_at)
    seconds = (ended - dt.datetime.fromisoformat(run.started_at)).total_seconds()
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds // 60:.0f} min {seconds % 60:.0f} s"
