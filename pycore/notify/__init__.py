"""Messages to people: exceptions and texts go to Slack, or to the log where there is no token.

An :class:`Outbox` stands between the work and the notifier: it folds repeated errors, lets at most one message a
second leave, and neither blocks nor fails whoever sends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pycore.config.models import SlackSettings
from pycore.config.secrets import Secret, SecretReference
from pycore.exceptions import ConfigError
from pycore.notify.api import ErrorReport, Message, Notifier, Place
from pycore.notify.log import LogNotifier
from pycore.notify.outbox import Outbox
from pycore.notify.report import exception_message

if TYPE_CHECKING:
    from pycore.notify.slack import SlackNotifier

__all__ = [
    "ErrorReport",
    "LogNotifier",
    "Message",
    "Notifier",
    "Outbox",
    "Place",
    "SlackNotifier",
    "exception_message",
    "from_settings",
    "make_notifier",
]


def from_settings(
    slack: SlackSettings | None, environment: str, secret: Callable[[SecretReference | None], Secret | None]
) -> Outbox:
    """Return the outbox that a configuration describes.

    Parameters
    ----------
    slack : SlackSettings or None
        How messages go to Slack; None logs them.
    environment : str
        The name shown in messages, unless the settings have one of their own.
    secret : callable
        Turns the reference to the token into the token: ``Config.secret``.

    Notes
    -----
    Nothing is read, imported or connected before the first message leaves.

    Examples
    --------
    >>> outbox = from_settings(None, "Local", lambda reference: None)
    >>> outbox.environment
    'Local'
    """

    def make() -> Notifier:
        return make_notifier(slack, secret)

    if slack is None:
        return Outbox(make, environment=environment)
    return Outbox(make, environment=slack.environment_name or environment, user=slack.notify_user)


def make_notifier(
    slack: SlackSettings | None, secret: Callable[[SecretReference | None], Secret | None]
) -> LogNotifier | SlackNotifier:
    """Return the notifier itself, for whoever wants to wait for Slack's answer and see its errors.

    Without settings, when they are switched off, and without a token it is one that logs.
    """
    if slack is None:
        return LogNotifier(why="the configuration has no Slack settings")
    if not slack.enabled:
        return LogNotifier(why="Slack is switched off (ENV_SLACK_ENABLED, or enabled in the settings)")
    try:
        token = secret(slack.token)
    except ConfigError as exc:
        return LogNotifier(why=str(exc))
    if not token:
        return LogNotifier(why="there is no Slack token")
    from pycore.notify.slack import SlackNotifier

    return SlackNotifier(token, channel=slack.channel, bot_name=slack.bot_name, base_url=slack.base_url)


def __getattr__(name: str) -> Any:
    if name != "SlackNotifier":
        raise AttributeError(f"module 'pycore.notify' has no attribute {name!r}")
    from pycore.notify.slack import SlackNotifier

    return SlackNotifier
