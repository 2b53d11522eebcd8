"""Secrets: held where they cannot be printed, read where they are needed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pycore._redaction import register_secret
from pycore.exceptions import ConfigFileError, ConfigValueError

__all__ = ["MASK", "Secret", "SecretReference", "SecretSource", "read_secret"]

MASK = "***"
MAX_BYTES = 64 * 1024


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

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        defer_build=True,
        json_schema_extra={"oneOf": [{"required": ["file"]}, {"required": ["env"]}]},
    )

    file: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="File that holds it.", examples=["/run/secrets/db_password"]
    )
    env: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = Field(
        default=None,
        description="Environment variable that holds it, or, with _FILE at its end, that names the file.",
        examples=["ENV_REDIS_PASSWORD"],
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.file is None) == (self.env is None):
            raise ValueError('name either a "file" or an "env", not both and not neither')
        return self


class SecretReference(BaseModel):
    """``{"$secret": {"file": "/run/secrets/db_password"}}`` or ``{"$secret": {"env": "ENV_REDIS_PASSWORD"}}``."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        populate_by_name=True,
        hide_input_in_errors=True,
        defer_build=True,
    )

    source: SecretSource = Field(alias="$secret", description="Where the secret is found.")


def read_secret(
    reference: SecretReference, variables: Mapping[str, str], *, named_at: str, required: bool = True
) -> Secret | None:
    """Return the secret that `reference` names, without one newline at its end; from now on no log shows it.

    Parameters
    ----------
    reference : SecretReference
        Where it is.
    variables : mapping of str to str
        Environment variables. Where that of the reference is unset, the one with ``_FILE`` at its end names a file.
    named_at : str
        Where the reference stands, for an error.
    required : bool, default True
        Whether a secret that is not there is an error; else it is None.

    Raises
    ------
    ConfigFileError
        Its file is missing or cannot be read.
    ConfigValueError
        Its variable is unset, or its file is empty or no text.
    """
    source = reference.source
    if source.env is not None:
        text = variables.get(source.env) or _named_text(f"{source.env}_FILE", variables)
        cure = f"the environment variable {source.env} is not set. Export it, or refer to a file"
    else:
        text = _file_text(Path(source.file or ""), named_at, required=required)
        cure = f"its file {source.file} is empty. Write the secret into it"
    if text:
        register_secret(text)
        return Secret(text)
    if required:
        raise ConfigValueError(f"{named_at}: the secret is missing: {cure}.")
    return None


def _named_text(variable: str, variables: Mapping[str, str]) -> str:
    """Return what is in the file that a variable names; "" when it names none."""
    file = variables.get(variable)
    return _file_text(Path(file), variable, required=True) if file else ""


def _file_text(path: Path, named_at: str, *, required: bool) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError as exc:
        if not required:
            return ""
        cure = "Create it (readable by you alone), or refer to another file or to an environment variable."
        raise ConfigFileError(
            f"{named_at}: the file of the secret, {path}, does not exist. {cure}", path=str(path)
        ) from exc
    except (OSError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "the name is not one"
        raise ConfigFileError(
            f"{named_at}: the file of the secret, {path}, cannot be read ({reason}). Look at its name and permissions.",
            path=str(path),
        ) from exc
    if len(content) > MAX_BYTES:
        raise ConfigValueError(
            f"{named_at}: the file of the secret, {path}, has more than 64 KiB. Is it the right one?"
        )
    text = content.decode("utf-8", "replace")
    # An UnicodeDecodeError would carry the bytes in its traceback.
    if "\ufffd" in text or "\0" in text:
        raise ConfigValueError(f"{named_at}: the file of the secret, {path}, is no text. Save it as UTF-8.")
    return text.removesuffix("\n").removesuffix("\r")
