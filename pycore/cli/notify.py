"""``pycore notify``: a text to Slack."""

from __future__ import annotations

import logging
from functools import partial

import click

from pycore.cli._session import Session, pass_session, standard_input

__all__ = ["notify"]


@click.command("notify")
@click.argument("text")
@click.option("--channel", metavar="NAME", help="Another channel than that of slack.json.")
@click.option("--wait", is_flag=True, help="Wait for Slack's answer; exit 7 if the message did not arrive.")
@pass_session
def notify(session: Session, text: str, channel: str | None, wait: bool) -> None:
    """Send TEXT to Slack, or log it where there is no token; "-" reads it from standard input.

    Without --wait it never fails: what does not leave within three seconds is logged.

    \b
    Examples:
      pycore notify --wait "the nightly load is done"
      make report 2>&1 | tail -n 20 | pycore notify --wait -
    """
    words = standard_input().decode(errors="replace") if text == "-" else text
    if not words.strip():
        raise click.UsageError("There is nothing to send: TEXT is empty.")
    from pycore.notify import Message, from_settings, make_notifier

    if not session.quiet:  # where there is no token the log is where the message arrives: it must be seen
        logger = logging.getLogger("pycore.notify")
        click.get_current_context().call_on_close(partial(logger.setLevel, logger.level))
        logger.setLevel(logging.INFO)
    config = session.config
    if wait:
        make_notifier(config.slack, config.secret).send(Message(text=words, channel=channel))
        return
    outbox = from_settings(config.slack, config.environment, config.secret)
    outbox.notify(words, channel)
    outbox.close()
