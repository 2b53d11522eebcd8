"""Without a token messages are in the log."""

from __future__ import annotations

import logging

import pytest

from pycore.config.models import SlackSettings
from pycore.config.secrets import Secret, SecretReference
from pycore.exceptions import ConfigError
from pycore.notify import LogNotifier, Message, exception_message, from_settings, make_notifier
from pycore.notify.slack import SlackNotifier

TOKEN = SecretReference.model_validate({"$secret": {"env": "ENV_SLACK_TOKEN"}})


def no_secret(reference: SecretReference | None) -> None:
    return None


def a_secret(reference: SecretReference | None) -> Secret:
    return Secret("xoxb-0-0-unit")


def missing_secret(reference: SecretReference | None) -> Secret:
    raise ConfigError("the environment variable ENV_SLACK_TOKEN is not set; set it, or remove the reference")


def test_errors_are_logged_as_errors_and_texts_as_information(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "pycore")
    notifier = LogNotifier(why="there is no token")
    notifier.send(Message(text="loaded", count=2))
    notifier.send(exception_message(ValueError("no rows")))

    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("INFO", "messages are logged, not sent: there is no token"),
        ("INFO", "loaded (2 times)"),
        ("ERROR", "ValueError: no rows"),
    ]


def test_a_burst_is_logged_at_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "pycore")
    outbox = from_settings(None, "Local", no_secret)
    for number in range(20):
        outbox.notify(f"loaded {number}")
    outbox.close()

    assert outbox.counters.sent == 20
    assert not [record for record in caplog.records if "not sent within" in record.getMessage()]


def test_a_record_carries_no_secret_whoever_writes_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "pycore")
    LogNotifier().send(Message(text="redis://u:pw-in-text@host"))

    assert "pw-in-text" not in caplog.text


@pytest.mark.parametrize(
    ("settings", "secret", "why"),
    [
        (None, a_secret, "no Slack settings"),
        (SlackSettings(enabled=False, token=TOKEN), a_secret, "ENV_SLACK_ENABLED"),
        (SlackSettings(), no_secret, "no Slack token"),
        (SlackSettings(token=TOKEN), missing_secret, "ENV_SLACK_TOKEN is not set"),
    ],
)
def test_without_what_slack_needs_messages_are_logged_with_the_reason(
    settings: SlackSettings | None, secret: object, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pycore")
    outbox = from_settings(settings, "Local", secret)  # type: ignore[arg-type]  # each is a callable
    outbox.notify("text")
    outbox.close()

    reason, text = caplog.messages
    assert why in reason
    assert text == "text"


def test_a_message_for_many_says_so_before_the_line_of_source() -> None:
    assert Message(text="ValueError: no rows (job.py, line 3)\nraise", count=1200).plain() == (
        "ValueError: no rows (job.py, line 3) (1,200 times)\nraise"
    )


def test_the_reason_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "pycore")
    notifier = LogNotifier(why="there is no token")
    notifier.send(Message(text="first"))
    notifier.send(Message(text="second"))

    assert caplog.messages == ["messages are logged, not sent: there is no token", "first", "second"]


def test_with_a_token_messages_go_to_slack() -> None:
    assert isinstance(make_notifier(SlackSettings(token=TOKEN), a_secret), SlackNotifier)


def test_the_settings_say_who_is_addressed_and_what_the_environment_is_called() -> None:
    outbox = from_settings(SlackSettings(notify_user="jay", environment_name="desk"), "Local", no_secret)

    assert (outbox.user, outbox.environment) == ("jay", "desk")
