"""Messages to Slack, and what Slack's refusals mean."""

from __future__ import annotations

import logging
import re
import time
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from pycore._logging import register_secret
from pycore._redaction import redact
from pycore.config.secrets import Secret
from pycore.exceptions import NotificationError
from pycore.notify.api import ErrorReport, Message

__all__ = ["SlackNotifier", "as_mrkdwn"]

_TEXT_LIMIT = 3_000  # characters; Slack cuts a message at 4,000
_SOURCE_LIMIT = 500
_PAUSE_S = 1.0  # the shortest between two attempts: Slack allows one message a second
_RETRY_AFTER_LIMIT_S = 30.0

_CURES = {
    "invalid_auth": "check the token, it is no token of this workspace",
    "not_authed": "check the token, it is empty",
    "account_inactive": "make a new token, this one's bot was removed",
    "token_revoked": "make a new token, this one was revoked",
    "token_expired": "make a new token, this one has expired",
    "missing_scope": "give the bot the scopes chat:write and chat:write.customize",
    "channel_not_found": "check the channel's name (ENV_SLACK_CHANNEL), and invite the bot when it is private",
    "not_in_channel": "invite the bot into the channel",
    "is_archived": "choose another channel (ENV_SLACK_CHANNEL), this one is archived",
}

_TROUBLE = (SlackClientError, HTTPException, OSError, ValueError)  # what slack_sdk and urllib raise


class SlackNotifier:
    """Posts messages to a channel of Slack.

    Parameters
    ----------
    token : Secret or str
        The bot's token; masked in every log from here on.
    channel : str, default "debugging"
        Where messages go that name no channel.
    bot_name : str, default "bugbot"
        Whom they come from.
    base_url : str, optional
        Another address than Slack's own.
    timeout_s : int, default 10
        Seconds without an answer before an attempt has failed.
    attempts : int, default 3
        How often a message is tried; only what may pass (a limit, a server's error, a broken connection) is repeated.
    """

    def __init__(
        self,
        token: Secret | str,
        *,
        channel: str = "debugging",
        bot_name: str = "bugbot",
        base_url: str | None = None,
        timeout_s: int = 10,
        attempts: int = 3,
    ) -> None:
        text = token.reveal() if isinstance(token, Secret) else token
        register_secret(text)
        self._client = WebClient(
            text,
            base_url=WebClient.BASE_URL if base_url is None else base_url.rstrip("/") + "/",
            timeout=timeout_s,
            logger=_silent_logger(),
            retry_handlers=[],  # theirs wait as long as the server says
        )
        self._channel = channel
        self._bot_name = bot_name
        self._attempts = attempts

    def send(self, message: Message) -> None:
        """Post one message and return when Slack has taken it.

        Raises
        ------
        NotificationError
            Slack refused it, or could not be reached within the attempts.
        """
        # Not _wait.wait_for: Slack says itself how long to wait.
        for attempt in range(1, self._attempts + 1):
            try:
                self._post(message)
            except _TROUBLE as exc:
                pause_s = _pause_s(exc, attempt)
                if pause_s is None or attempt == self._attempts:
                    raise _refusal(exc, (message.channel or self._channel).lstrip("#")) from exc
            else:
                return
            time.sleep(pause_s)

    def _post(self, message: Message) -> None:
        self._client.chat_postMessage(
            channel=message.channel or self._channel,
            text=as_mrkdwn(message),
            username=self._bot_name,
            unfurl_links=False,  # Slack would fetch the addresses that stand in an error
            unfurl_media=False,
        )


def as_mrkdwn(message: Message) -> str:
    """Return a message in Slack's markup; nothing in it but the addressed user is obeyed.

    Examples
    --------
    >>> as_mrkdwn(Message(text="<!channel> 1 < 2"))
    '&lt;!channel&gt; 1 &lt; 2'
    """
    body = _inert(message.text, _TEXT_LIMIT) if message.error is None else _report(message.error)
    return body + (f"\n_{message.count:,} times_" if message.count > 1 else "")


def _report(error: ErrorReport) -> str:
    head = [f"{error.at:%Y-%m-%d %H:%M:%S %Z}", _addressed(error.user)]
    if error.environment:
        head.append(f"`{_inert(error.environment, _SOURCE_LIMIT).replace('`', _QUOTE)}`")
    said, _, further = error.text.partition("\n")
    lines = [" ".join(head), f"*{_inert(error.type, _SOURCE_LIMIT)}*: {_inert(said, _TEXT_LIMIT)}"]
    if further.strip():
        lines.append(_code(further, _TEXT_LIMIT))
    for place in (error.place, error.cell):
        if place is not None:
            lines.append(f"File `{_inert(place.file, _SOURCE_LIMIT).replace('`', _QUOTE)}`, line {place.line}")
            lines.append(_code(place.source or "(the source line cannot be had)", _SOURCE_LIMIT))
    return "\n".join(lines)


_QUOTE = "\N{MODIFIER LETTER GRAVE ACCENT}"  # looks like a backtick and ends no code


def _code(text: str, limit: int) -> str:
    return f"```\n{_inert(text, limit).replace('`', _QUOTE)}\n```"


def _inert(text: str, limit: int) -> str:
    """Return text that Slack shows and does not obey, without secrets, cut to `limit` characters."""
    text = redact(text)
    if len(text) > limit:
        text = f"{text[:limit]}…"
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _addressed(user: str) -> str:
    if user in {"channel", "here", "everyone"}:
        return f"<!{user}>"
    if re.fullmatch(r"[UW][A-Z0-9]{5,20}", user):
        return f"<@{user}>"  # Slack notifies by id only
    return _inert(f"@{user}", _SOURCE_LIMIT)


def _silent_logger() -> logging.Logger:
    """Return a logger for slack_sdk, which would report each failed attempt, and each request while debugging."""
    logger = logging.getLogger("pycore.notify.slack.sdk")
    logger.setLevel(logging.CRITICAL)
    return logger


def _pause_s(exc: Exception, attempt: int) -> float | None:
    """Return the seconds before the next attempt, or None when another would end the same."""
    growing_s = _PAUSE_S * 2 ** (attempt - 1)
    if not isinstance(exc, SlackApiError):
        return growing_s if isinstance(exc, OSError | HTTPException) else None
    if exc.response.status_code == 429:
        asked_s = _retry_after_s(exc.response.headers)
        return None if asked_s is not None and asked_s > _RETRY_AFTER_LIMIT_S else max(asked_s or 0.0, growing_s)
    return growing_s if exc.response.status_code >= 500 else None


def _retry_after_s(headers: dict[str, Any]) -> float | None:
    for name, value in headers.items():
        if name.lower() == "retry-after" and str(value).isdecimal():
            return float(value)
    return None


def _refusal(exc: Exception, channel: str) -> NotificationError:
    """Map what slack_sdk raises to our error."""
    if not isinstance(exc, SlackApiError):
        reason = getattr(exc, "reason", None) or exc  # URLError wraps the error of the socket
        return NotificationError(
            f"Slack cannot be reached: {reason or type(exc).__name__}. Check the network, a proxy, and base_url."
        )
    status, said = exc.response.status_code, str(exc.response.get("error"))
    if status == 429:
        wait_s = _retry_after_s(exc.response.headers)
        when = "later" if wait_s is None else f"in {wait_s:g} s"
        return NotificationError(f"Slack takes no more messages for #{channel} now; try again {when}.")
    if not re.fullmatch(r"[a-z0-9_]+", said):
        return NotificationError(
            f"What answered for Slack is not Slack (HTTP status {status}). Check base_url and a proxy."
        )
    cure = _CURES.get(said, "see the errors of chat.postMessage in Slack's documentation")
    return NotificationError(f"Slack refused the message for #{channel}: {said}; {cure}.")
