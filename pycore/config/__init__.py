"""JSON files and environment variables in, one frozen and validated value out.

Nothing else in pycore reads environment variables, secrets or configuration files.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pycore.config.config import Config
    from pycore.config.environment import SETTINGS, Setting
    from pycore.config.loading import check_all, load
    from pycore.config.models import (
        CsvSource,
        DatabaseApplication,
        DatasetSpec,
        HttpSource,
        ParameterSpec,
        PriceSource,
        RedisApplication,
        SlackSettings,
        SqlSource,
    )
    from pycore.config.secrets import Secret, SecretReference, SecretSource

__all__ = [
    "SETTINGS",
    "Config",
    "CsvSource",
    "DatabaseApplication",
    "DatasetSpec",
    "HttpSource",
    "ParameterSpec",
    "PriceSource",
    "RedisApplication",
    "Secret",
    "SecretReference",
    "SecretSource",
    "Setting",
    "SlackSettings",
    "SqlSource",
    "check_all",
    "load",
]

# pydantic costs 70 ms: whoever wants a setting only does not pay for it.
_PLACES = {
    "SETTINGS": "environment",
    "Config": "config",
    "CsvSource": "models",
    "DatabaseApplication": "models",
    "DatasetSpec": "models",
    "HttpSource": "models",
    "ParameterSpec": "models",
    "PriceSource": "models",
    "RedisApplication": "models",
    "Secret": "secrets",
    "SecretReference": "secrets",
    "SecretSource": "secrets",
    "Setting": "environment",
    "SlackSettings": "models",
    "SqlSource": "models",
    "check_all": "loading",
    "load": "loading",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'pycore.config' has no attribute {name!r}")
    value = getattr(import_module(f"pycore.config.{_PLACES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})
