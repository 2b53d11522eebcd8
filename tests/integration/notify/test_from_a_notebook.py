"""An uncaught exception of a notebook's cell reaches Slack with the cell and its line."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from suites.slack_server import SlackServer, slack_server

CELLS = (
    "%load_ext pycore",
    "rows = []\nfirst = rows[0]  # <!channel>",
    "try:\n    1 / 0\nexcept ZeroDivisionError:\n    core.notify_exception()",
)


def manifest(folder: Path, url: str) -> Path:
    """Write a configuration without services whose Slack is at `url`, and return its manifest."""
    files = {
        "redis.json": {"version": 1, "applications": {}},
        "db.json": {"version": 1, "applications": {}},
        "slack.json": {
            "version": 1,
            "slack": {"token": {"$secret": {"env": "ENV_SLACK_TOKEN"}}, "notify_user": "jay", "base_url": url},
        },
        "jupyter.json": {
            "version": 1,
            "default_environment": "Desk",
            "environments": {"Desk": {"redis": "redis.json", "databases": "db.json"}},
            "notify": "slack.json",
        },
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content))
    return folder / "jupyter.json"


def run_notebook(folder: Path, slack: SlackServer, patch: pytest.MonkeyPatch) -> None:
    for name in ("ENV_DEPLOYMENT_TYPE", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        patch.delenv(name, raising=False)
    patch.setenv("ENV_CORE_CONFIG_FILE", str(manifest(folder, slack.url)))
    patch.setenv("ENV_SLACK_TOKEN", "xoxb-0000-notebook-token")
    patch.setenv("IPYTHONDIR", str(folder))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    NotebookClient(notebook, allow_errors=True, timeout=60, resources={"metadata": {"path": str(folder)}}).execute()


def test_uncaught_and_caught_exceptions_arrive_before_the_kernel_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with slack_server() as slack:
        run_notebook(tmp_path, slack, monkeypatch)

    uncaught, caught = slack.texts
    assert "@jay `Desk`\n*IndexError*: list index out of range\nFile `Cell In[2]`, line 2\n" in uncaught
    assert "```\nfirst = rows[0]  # &lt;!channel&gt;\n```" in uncaught
    assert "*ZeroDivisionError*: division by zero\nFile `Cell In[3]`, line 2\n```\n1 / 0\n```" in caught
    assert {post.token for post in slack.posts} == {"Bearer xoxb-0000-notebook-token"}
