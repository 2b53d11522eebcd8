"""Heavy libraries are imported when they are first needed, not before."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("redis", "pandas", "numpy", "pyarrow", "orjson")


@pytest.mark.parametrize(
    "statement",
    [
        "import pycore.cache.api",
        "from pycore.cache import MISS",
        "from pycore.cache import Cache",
        "import pycore.cache as c, pycore.config.models as m; c.Cache('CACHE', m.RedisApplication(address='redis://localhost')).close()",
    ],
)
def test_naming_a_cache_imports_none_of_them(statement: str) -> None:
    shown = f"{statement}; import sys; print([name for name in {HEAVY} if name in sys.modules])"

    said = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True).stdout

    assert said == "[]\n"


def test_a_plain_value_is_encoded_without_pandas() -> None:
    shown = "from pycore.cache.codec import encode; encode([1], 'k'); import sys; print('pandas' in sys.modules)"

    said = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True).stdout

    assert said == "False\n"
