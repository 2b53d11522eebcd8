"""Secrets are read when they are needed, and never shown."""

from __future__ import annotations

import logging
import pickle
import traceback
from pathlib import Path
from typing import Any

import pytest

from pycore._redaction import redact
from pycore.config import Secret, SecretReference, SecretSource, load
from pycore.exceptions import ConfigError, ConfigFileError, ConfigValueError

CANARY = "correct-horse-battery"


def file_reference(clone: Any, name: str = "secrets/cache") -> None:
    password = {"$secret": {"file": name}}
    clone.change("local-redis.json", lambda document: document["applications"]["CACHE"].update(password=password))


def write_secret(clone: Any, content: bytes) -> Path:
    path: Path = clone.path("secrets/cache")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "secret"),
    [
        (b"a-word", "a-word"),
        (b"a-word\n", "a-word"),
        (b"a-word\r\n", "a-word"),
        (b"a-word\n\n", "a-word\n"),
        (b" a-word ", " a-word "),
    ],
)
def test_a_secret_file_loses_one_newline_at_its_end(clone: Any, content: bytes, secret: str) -> None:
    file_reference(clone)
    write_secret(clone, content)
    config = load("Local", clone.manifest, environ={})

    found = config.secret(config.redis["CACHE"].password)

    assert found is not None
    assert found.reveal() == secret


def test_a_secret_is_read_at_each_call(clone: Any) -> None:
    file_reference(clone)
    write_secret(clone, b"first-word")
    config = load("Local", clone.manifest, environ={})
    reference = config.redis["CACHE"].password
    before = config.secret(reference)

    write_secret(clone, b"second-word")

    assert (before, config.secret(reference)) == (Secret("first-word"), Secret("second-word"))


def test_no_reference_is_no_secret(clone: Any) -> None:
    assert load("Local", clone.manifest, environ={}).secret(None) is None


def test_a_missing_secret_file_is_no_matter_before_it_is_needed(clone: Any) -> None:
    config = load("Live", clone.manifest, environ={})

    with pytest.raises(
        ConfigFileError, match=r"configs/db\.json:\d+ databases application STOCKS: .*Create it"
    ) as caught:
        config.secret(config.databases["STOCKS"].password)

    assert caught.value.path == "/run/secrets/db_password"


def test_a_missing_secret_that_is_not_required_is_none(clone: Any) -> None:
    config = load("Live", clone.manifest, environ={"ENV_SLACK_TOKEN": ""})

    assert config.slack is not None
    assert config.secret(config.slack.token, required=False) is None
    assert config.secret(config.databases["STOCKS"].password, required=False) is None


def test_an_unset_variable_is_told_with_its_name_and_place(clone: Any) -> None:
    config = load("NoApps", clone.manifest, environ={})

    assert config.slack is not None
    with pytest.raises(
        ConfigValueError, match=r"configs/slack\.json:6 slack token.*ENV_SLACK_TOKEN is not set. Export it"
    ):
        config.secret(config.slack.token)


@pytest.mark.parametrize(
    ("content", "text"), [(b"", "is empty"), (b"\n", "is empty"), (b"\xff\xfe" + CANARY.encode(), "is no text"),
                          (CANARY.encode() * 5000, "more than 64 KiB")]
)  # fmt: skip
def test_a_secret_file_that_holds_none_is_told_without_its_content(clone: Any, content: bytes, text: str) -> None:
    file_reference(clone)
    write_secret(clone, content)
    config = load("Local", clone.manifest, environ={})

    with pytest.raises(ConfigError, match=text) as caught:
        config.secret(config.redis["CACHE"].password)

    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_a_folder_is_no_secret_file(clone: Any) -> None:
    file_reference(clone, "schema")
    config = load("Local", clone.manifest, environ={})

    with pytest.raises(ConfigFileError, match="cannot be read"):
        config.secret(config.redis["CACHE"].password)


def test_a_variable_may_name_the_file_of_a_secret(clone: Any) -> None:
    path = write_secret(clone, CANARY.encode() + b"\n")
    config = load("Local", clone.manifest, environ={"ENV_REDIS_PASSWORD_FILE": str(path)})

    assert config.secret(config.redis["CACHE"].password) == Secret(CANARY)


def test_a_variable_goes_before_the_one_that_names_a_file(clone: Any) -> None:
    path = write_secret(clone, b"another\n")
    config = load("Local", clone.manifest, environ={"ENV_REDIS_PASSWORD": CANARY, "ENV_REDIS_PASSWORD_FILE": str(path)})

    assert config.secret(config.redis["CACHE"].password) == Secret(CANARY)


def test_a_named_file_that_is_not_there_is_told_by_the_variable(clone: Any) -> None:
    config = load("Local", clone.manifest, environ={"ENV_REDIS_PASSWORD_FILE": "/nowhere/password"})

    with pytest.raises(ConfigFileError, match=r"^ENV_REDIS_PASSWORD_FILE: the file of the secret, /nowhere/password"):
        config.secret(config.redis["CACHE"].password)


def test_a_reference_given_by_a_caller_is_read_too(clone: Any) -> None:
    config = load("NoApps", clone.manifest, environ={"OWN": CANARY})

    assert config.secret(SecretReference(source=SecretSource(env="OWN"))) == Secret(CANARY)


def test_a_secret_that_was_read_is_masked_in_every_log_from_then_on(clone: Any) -> None:
    config = load("NoApps", clone.manifest, environ={"OWN_VARIABLE": "a-secret-only-for-this-test"})
    config.secret(SecretReference(source=SecretSource(env="OWN_VARIABLE")))

    assert redact("it is a-secret-only-for-this-test") == "it is ***"


def test_a_secret_shows_itself_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(CANARY)
    logging.getLogger("pycore.test").warning("%s %r", secret, {"password": secret})

    shown = [repr(secret), str(secret), f"{secret:>9}", f"{[secret]}", caplog.text]

    assert all(CANARY not in text and "***" in text for text in shown)
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(secret)


def test_nothing_that_shows_a_configuration_shows_its_secrets(clone: Any) -> None:
    config = load("Local", clone.manifest, environ={"ENV_REDIS_PASSWORD": CANARY, "ENV_SLACK_TOKEN": CANARY})

    bundle = config._repr_mimebundle_()
    shown = [repr(config), str(config), str(config.as_dict()), *bundle.values(), str(dict(config.origins))]
    shown += [repr(config.redis), repr(config.slack), repr(config.variables)]

    assert CANARY not in "".join(shown)
    assert config.as_dict()["redis"]["CACHE"]["password"] == "***"
    assert config.as_dict()["slack"]["token"] == "***"
