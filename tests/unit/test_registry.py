"""A registry imports what it names only when the name is used."""

import subprocess
import sys

import pytest

from pycore._registry import Registry
from pycore.exceptions import UnknownNameError


def test_a_name_gives_the_class_behind_it() -> None:
    registry: Registry[type] = Registry("number", {"decimal": "decimal:Decimal"})

    assert registry["decimal"].__name__ == "Decimal"
    assert list(registry) == ["decimal"]


def test_nothing_is_imported_before_the_name_is_used() -> None:
    code = (
        "import sys; from pycore._registry import Registry\n"
        "r = Registry('thing', {'x': 'colorsys:rgb_to_hsv'})\n"
        "before = 'colorsys' in sys.modules; r['x']; print(before, 'colorsys' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "True"]


def test_an_unknown_name_lists_the_known_ones() -> None:
    registry: Registry[type] = Registry("notifier", {"slack": "x:y", "log": "x:z"})

    with pytest.raises(UnknownNameError, match=r"No notifier is called 'slak'\. Did you mean 'slack'\?"):
        registry["slak"]


def test_a_registered_name_replaces_an_older_one() -> None:
    registry: Registry[type] = Registry("number", {"n": "decimal:Decimal"})

    registry.register("n", "fractions:Fraction")

    assert registry["n"].__name__ == "Fraction"
