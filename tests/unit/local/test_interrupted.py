"""Ctrl-C before a start listens for signals ends it without a traceback."""

import subprocess
import sys

CTRL_C_WHILE_IMPORTING = """
import sys
from pycore.local.__main__ import main

class CtrlC:
    def find_spec(self, name, path=None, target=None):
        if name == "pycore.local.start":
            raise KeyboardInterrupt

sys.meta_path.insert(0, CtrlC())
sys.exit(main(["start", "--no-browser"]))
"""


def test_ctrl_c_while_the_start_is_still_importing_ends_quietly() -> None:
    done = subprocess.run([sys.executable, "-c", CTRL_C_WHILE_IMPORTING], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
