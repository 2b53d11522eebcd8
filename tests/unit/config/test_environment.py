"""One table of environment variables, and one place that reads them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pycore
from pycore.config import SETTINGS
from pycore.config.environment import read, read_flag, read_port
from pycore.exceptions import ConfigValueError, UnknownNameError

PACKAGE = Path(pycore.__file__).parent


def test_the_table_names_each_variable_once_and_says_what_it_does() -> None:
    names = [setting.name for setting in SETTINGS]

    assert len(names) == len(set(names))
    assert all(setting.help.endswith(".") for setting in SETTINGS)


def test_every_variable_that_the_package_names_is_in_the_table() -> None:
    named = {
        name
        for path in PACKAGE.rglob("*.py")
        for name in re.findall(r"\bENV_[A-Z][A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8"))
    }

    assert named - {setting.name for setting in SETTINGS} == set()


def test_a_default_holds_when_the_variable_is_unset_or_empty() -> None:
    assert [read("ENV_JUPYTER_PORT", environ) for environ in ({}, {"ENV_JUPYTER_PORT": ""})] == ["8888", "8888"]


def test_a_port_is_a_number() -> None:
    assert read_port("ENV_JUPYTER_PORT", {"ENV_JUPYTER_PORT": "9000"}) == 9000
    with pytest.raises(ConfigValueError, match="ENV_JUPYTER_PORT: the port is not a number from 1 to 65535"):
        read_port("ENV_JUPYTER_PORT", {"ENV_JUPYTER_PORT": "abc"})


@pytest.mark.parametrize(("text", "flag"), [("1", True), ("Yes", True), ("0", False), ("off", False), ("", None)])
def test_a_flag_is_yes_or_no(text: str, flag: bool | None) -> None:
    assert read_flag("ENV_SLACK_ENABLED", {"ENV_SLACK_ENABLED": text}) is flag


def test_another_flag_is_refused() -> None:
    with pytest.raises(ConfigValueError, match=r"ENV_SLACK_ENABLED.*neither yes nor no"):
        read_flag("ENV_SLACK_ENABLED", {"ENV_SLACK_ENABLED": "maybe"})


def test_an_unknown_variable_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'ENV_REDIS_PORT'"):
        read("ENV_REDIS_PRT", {})
