"""What checks found."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CheckResult"]


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """What one check of ``pycore check`` or ``pycore doctor`` found.

    Attributes
    ----------
    name : str
        The check.
    ok : bool or None
        True passed, False failed, None does not apply here.
    detail : str
        What was found.
    cure : str
        What to do; empty when it passed.
    exit_code : int
        What the command ends with because of it; 0 when it passed.
    """

    name: str
    ok: bool | None
    detail: str = ""
    cure: str = ""
    exit_code: int = 0
