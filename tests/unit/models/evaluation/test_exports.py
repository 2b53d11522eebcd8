"""The functions of the package, whoever imports what first."""

from __future__ import annotations

from pkgutil import iter_modules

from pycore.models import evaluation


def test_no_module_hides_a_function() -> None:
    modules = {found.name for found in iter_modules(evaluation.__path__)}

    assert len(modules) > 10
    assert not modules & set(evaluation.__all__)


def test_all_names_are_there() -> None:
    assert [name for name in evaluation.__all__ if not hasattr(evaluation, name)] == []
    assert set(evaluation.__all__) <= set(dir(evaluation))
