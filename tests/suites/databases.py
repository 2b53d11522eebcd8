"""Databases for tests, opened from their application, in this process or in another one."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

from pycore.config.models import DatabaseApplication
from pycore.config.secrets import Secret
from pycore.database import Database

_PREAMBLE = """
import json, sys
from pathlib import Path
from suites.databases import opened
from pycore.config.models import DatabaseApplication
database = opened(DatabaseApplication.model_validate_json(sys.argv[1], by_alias=True))
"""


def opened(application: DatabaseApplication) -> Database:
    """Return the database; its password is read from the file that the application refers to."""
    reference = application.password
    if reference is None:
        return Database("STOCKS", application)
    file = Path(str(reference.source.file))
    return Database("STOCKS", application, password=lambda: Secret(file.read_text().removesuffix("\n")))


def in_another_process(application: DatabaseApplication, code: str) -> subprocess.Popen[str]:
    """Start Python with `database` open and run `code` there."""
    tests = Path(__file__).parents[1]
    return subprocess.Popen(
        [sys.executable, "-c", _PREAMBLE + textwrap.dedent(code), json.dumps(application.model_dump(by_alias=True))],
        cwd=tests,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
