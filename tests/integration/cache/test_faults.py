"""A tenth of the trials of the fault programme, through the functions that `make faults` runs."""

from __future__ import annotations

import secrets

import pytest
from faults.registry import Fault, faults_of
from faults.scoreboard import run


@pytest.mark.timeout(300)
@pytest.mark.parametrize("fault", faults_of("cache"), ids=lambda fault: fault.name.replace(" ", "-"))
def test_it_is_survived(fault: Fault) -> None:
    score = run(fault, seed=secrets.randbelow(10**6), scale=0.1)

    assert not score.failures, f"seed {score.seed}: " + "\n".join(score.failures[:3])
    assert score.trials > 0
