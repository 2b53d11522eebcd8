"""Frozen values that the layers hand each other, a module for each subject."""

from __future__ import annotations

from pycore.results.checks import CheckResult
from pycore.results.prices import Split
from pycore.results.versions import VersionInfo

__all__ = ["CheckResult", "Split", "VersionInfo"]
