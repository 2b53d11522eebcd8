"""The widgets in a real kernel: what the browser is told, read from the executed notebook."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

CELLS = {
    "open the inspector": "from pycore.apps import inspect_variables\ninspector = inspect_variables()\ninspector",
    "once more": "inspect_variables() is inspector",
    "make a frame": "import pandas as pd\nframe = pd.DataFrame({'close': [1.0, 2.0]})\ndb_password = 'hunter2'",
    "a loop": "from pycore.apps import track\nfor symbol in track(['IBM', 'SPY'], 'symbols'):\n    pass",
    "a loop that fails": "for number in track(range(10), 'numbers'):\n    1 / (3 - number)",
    "a wait": (
        "import threading\nfrom pycore.apps import waiting\n"
        "with waiting('Reading rows', quiet_s=0.1):\n    _ = threading.Event().wait(1.5)"
    ),
    "a logged line": "from pycore._logging import lg\nlg('loaded', 5)",
}


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("kernel")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS.values()])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(folder))
        patch.setenv("JUPYTER_RUNTIME_DIR", str(folder))
        client = NotebookClient(notebook, allow_errors=True, timeout=60, resources={"metadata": {"path": str(folder)}})
        client.execute()
    return notebook


def output_of(executed: Any, cell: str) -> Any:
    return executed.cells[list(CELLS).index(cell)].outputs


def widgets(executed: Any) -> list[dict[str, Any]]:
    state = executed.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    return [each["state"] for each in state.values()]


def table(executed: Any) -> str:
    (found,) = [str(each["value"]) for each in widgets(executed) if "<table" in str(each.get("value"))]
    return found


def test_there_is_one_table_and_it_is_shown(executed: Any) -> None:
    (shown,) = output_of(executed, "open the inspector")

    assert "application/vnd.jupyter.widget-view+json" in shown.data
    assert output_of(executed, "once more")[0].data["text/plain"] == "True"


def test_the_table_has_the_variables_of_later_cells_and_no_secret(executed: Any) -> None:
    assert ">frame<" in table(executed)
    assert ">2 × 1<" in table(executed)
    assert ">db_password<" in table(executed)
    assert "hunter2" not in table(executed)


def test_a_finished_loop_is_green_and_one_that_failed_is_red(executed: Any) -> None:
    texts = [str(each.get("value")).replace("\N{FIGURE SPACE}", " ") for each in widgets(executed)]
    colours = [each["bar_color"] for each in widgets(executed) if each.get("bar_color")]

    assert any("symbols: 2 / 2" in text for text in texts)
    assert any("numbers: 3 / 10" in text for text in texts)
    assert colours == ["green", "red"]


def test_a_wait_is_shown_below_its_cell_while_it_lasts(executed: Any) -> None:
    texts = [str(each.get("value")).replace("\N{FIGURE SPACE}", " ") for each in widgets(executed)]

    assert any("Reading rows … 00:0" in text for text in texts)
    (left,) = output_of(executed, "a wait")
    assert left.data == {"text/plain": ""}, "no widget that is closed, which a page loaded again would look for"


def test_a_logged_line_is_coloured_and_no_error_output(executed: Any) -> None:
    (line,) = output_of(executed, "a logged line")

    assert (line.name, line.text) == ("stdout", "\x1b[32mloaded\x1b[0m\n")
