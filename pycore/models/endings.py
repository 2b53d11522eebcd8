"""How a run ended, in sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pycore._wording import counted, listed
from pycore.models.estimator import BASELINE
from pycore.models.fitting import Refitted
from pycore.models.plan import Plan
from pycore.results.run import Run
from pycore.results.training import Candidate, Fit

__all__ = ["notes_on", "why_none"]


def why_none(plan: Plan, fits: Sequence[Fit]) -> str:
    """Return why no combination can be the best.

    Parameters
    ----------
    plan : Plan
        What was searched.
    fits : sequence of Fit
        All of them.
    """
    first = next((fit for fit in fits if fit.error and fit.model != BASELINE), None)
    tried = [one.title for one in plan.estimators.values() if one.name != BASELINE]
    if first is None:
        return f"No fold could judge {listed(tried)}."
    said = f"{plan.estimators[first.model].title} said: {first.error}"
    return f"No combination of {listed(tried)} could be fitted and judged on all folds. {said}"


def notes_on(run: Run, plan: Plan, best: Candidate | None, refitted: Refitted | None, n_deaths: int) -> tuple[str, ...]:
    """Return the sentences that whoever looks at the scores of a run that ended has to know.

    Parameters
    ----------
    run : Run
        With its leaderboard.
    plan : Plan
        Of it.
    best : Candidate or None
        What was found.
    refitted : Refitted or None
        The best, fitted to all training rows.
    n_deaths : int
        How often a worker was killed.
    """
    notes = []
    if n_deaths:
        notes.append(f"A worker was killed {counted(n_deaths, 'time')}, mostly for want of memory.")
    n_failed = sum(bool(one.error) for one in run.candidates)
    if n_failed:
        notes.append(f"Of {counted(len(run.candidates), 'combination')} {n_failed:,} failed; the leaderboard says why.")
    baseline = next((one for one in run.candidates if one.model == BASELINE and one.is_complete), None)
    if best is not None and baseline is not None and best.model != BASELINE and not best.score > baseline.score:
        notes.append("No model is better than the baseline, which does not look at the features.")
    if best is not None and refitted is not None:
        title = plan.estimators[best.model].title
        notes += [f"{title}, fitted to all training rows, said: {each}" for each in refitted.warnings]
        undefined = [part for part, score in refitted.scores.items() if math.isnan(score)]
        notes += [f"{run.settings.metric} is not defined on the {part} part." for part in undefined]
    return tuple(notes)
