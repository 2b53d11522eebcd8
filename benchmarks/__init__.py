"""Every figure that the README claims, each beside its peers in one run: ``python -m benchmarks --help``."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

sys.path.append(str(ROOT / "tests"))  # servers are started as the tests start them
