"""``python scripts/stack up|build|down|purge|status|running|name|shell|redis``: called by the scripts of the clone.

Exit codes: 0 done, 1 not agreed to, 2 usage, 3 no engine, or something that is missing, 4 a service, 128 and its number
a signal, else that of the command.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from stack import looking, reference, starting, stopping
from stack.engine import USAGE, StackError


def main(arguments: Sequence[str]) -> int:
    """Do what the first word says; return the exit code."""
    verbs = {"up": starting.up, "build": starting.build, "down": stopping.down, "purge": stopping.purge}
    verbs |= {"status": looking.status, "running": looking.running, "name": looking.name}
    verbs |= {"shell": looking.shell, "redis": looking.redis}
    verb, *rest = arguments or [""]
    script = reference.value("STACK_CALLER", os.environ)
    try:
        return int(verbs.get(verb, _unknown)(rest))
    except StackError as exc:
        sys.stderr.write(f"{script}: {exc}\n")
        return exc.code
    except KeyboardInterrupt:
        return 130


def _unknown(arguments: Sequence[str]) -> int:
    del arguments
    raise StackError(USAGE, "scripts/stack is for the scripts of the clone; ./start.sh --help lists what there is")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
