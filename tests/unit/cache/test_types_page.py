"""What the page on types says of documents is what stands in them, and each of its examples comes back."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import docutils.core
import pytest
from suites.columns import COLUMNS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "types-in-the-cache.rst"


def test_the_examples_run() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.IGNORE_EXCEPTION_DETAIL)

    assert failed == 0
    assert tried > 30


def test_the_page_is_valid() -> None:
    docutils.core.publish_doctree(PAGE.read_text("utf-8"), settings_overrides={"report_level": 2, "halt_level": 2})


@pytest.mark.parametrize("family", ["period", "interval", "complex", "Sparse", "category", ">", "object", "[pyarrow]"])
def test_every_family_that_is_tried_is_described(family: str) -> None:
    tried = {str(series.dtype) for series in COLUMNS.values()}

    assert any(family in name for name in tried)
    assert re.search(rf'"type":"[^"]*{re.escape(family)}', PAGE.read_text("utf-8"))
