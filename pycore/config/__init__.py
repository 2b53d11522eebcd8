"""JSON files and environment variables in, one frozen and validated value out.

Nothing else in pycore reads environment variables, secrets or configuration files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycore._registry import lazy_exports

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
__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "config": ("Config",),
        "environment": (
            "SETTINGS",
            "Setting",
        ),
        "loading": (
            "check_all",
            "load",
        ),
        "models": (
            "CsvSource",
            "DatabaseApplication",
            "DatasetSpec",
            "HttpSource",
            "ParameterSpec",
            "PriceSource",
            "RedisApplication",
            "SlackSettings",
            "SqlSource",
        ),
        "secrets": (
            "Secret",
            "SecretReference",
            "SecretSource",
        ),
    },
)
