"""The registry of faults knows each fault once, under a name of its own."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from faults import cache_clock
from faults.registry import Trial, fault, faults_of


def test_a_module_that_is_imported_under_two_names_adds_nothing() -> None:
    before = faults_of("cache")
    spec = importlib.util.spec_from_file_location("another_name_of_cache_clock", cache_clock.__file__)
    assert spec is not None
    assert spec.loader is not None

    spec.loader.exec_module(importlib.util.module_from_spec(spec))

    assert faults_of("cache") == before


def test_two_faults_of_one_name_are_refused() -> None:
    first = faults_of("cache")[0]

    @contextmanager
    def another(folder: Path) -> Iterator[Trial]:
        yield lambda chance: None

    another.__name__ = first.name.replace(" ", "_")

    with pytest.raises(AssertionError, match="two faults are called"):
        fault("cache", trials=1, within_s=1.0)(another)
