"""What the tests of spoilt configurations ask of the errors."""

from __future__ import annotations

from typing import Any

import pytest

from pycore.config import load
from pycore.exceptions import ConfigError

__all__ = ["CANARY", "only_problem", "problems_of"]

CANARY = "hunter2-canary"  # a value, which no message may show


def problems_of(clone: Any, environment: str = "Local") -> list[ConfigError]:
    """Return the problems of a spoilt clone."""
    with pytest.raises(ConfigError) as caught:
        load(environment, clone.manifest, environ={})
    return list(caught.value.problems or ())


def only_problem(clone: Any, environment: str = "Local") -> ConfigError:
    """Return the one problem of a spoilt clone."""
    found = problems_of(clone, environment)

    assert len(found) == 1, [str(problem) for problem in found]
    return found[0]
