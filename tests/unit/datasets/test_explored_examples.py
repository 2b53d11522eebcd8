"""The files that the notebook about the explorer names are there in a fresh clone, and can be explored as it says."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from suites.notebooks import read

from pycore import PyCore
from pycore.apps import Explorer

CALL = re.compile(r"core\.explore\([^`]*\.csv[^`]*\)")


def calls() -> list[str]:
    return [call for cell in read("explore").cells for call in CALL.findall(cell.source)]


@pytest.mark.parametrize("call", calls())
def test_the_file_is_explored_from_any_folder(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    explored = ast.parse(call, mode="eval").body
    assert isinstance(explored, ast.Call)
    (source,) = (ast.literal_eval(argument) for argument in explored.args)
    options = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in explored.keywords}

    with PyCore("NoApps") as core:
        explorer = core.explore(source, **options)

    assert isinstance(explorer, Explorer)
    assert explorer.dataset.target == options["target"]
    assert not Path(source).is_absolute()


def test_there_is_such_a_file() -> None:
    assert len(calls()) == 1
