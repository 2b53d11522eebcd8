"""``python -m pycore.cli``: the ``pycore`` command of this interpreter."""

import sys

from pycore.cli import main

if __name__ == "__main__":
    sys.exit(main())
