"""Secrets: held where they cannot be printed, read where they are needed."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["Secret", "SecretReference", "SecretSource"]

MASK = "***"


class Secret:
    """A text that prints as ``***`` everywhere and is had only by :meth:`reveal`.

    Examples
    --------
    >>> Secret("hunter2")
    Secret(***)
    >>> f"{Secret('hunter2')}"
    '***'
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret itself; only the call that hands it to a server should."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a secret is not pickled; pass its reference")


class SecretSource(BaseModel):
    """Where a secret is found: in a file or in an environment variable."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    file: Annotated[str, Field(min_length=1)] | None = None
    env: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.file is None) == (self.env is None):
            raise ValueError('name either a "file" or an "env", not both and not neither')
        return self


class SecretReference(BaseModel):
    """``{"$secret": {"file": "/run/secrets/db_password"}}`` or ``{"$secret": {"env": "ENV_REDIS_PASSWORD"}}``."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)

    source: SecretSource = Field(alias="$secret")
