"""Messages over HTTP to a server that plays Slack: well, slow, refusing, hanging, absent."""

from __future__ import annotations

import logging
import pickle
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from suites.slack_server import CUT, HANG, OK, Answer, error, slack_server

from pycore._wait import wait_for
from pycore.config.models import SlackSettings
from pycore.config.secrets import Secret, SecretReference
from pycore.exceptions import NotificationError
from pycore.notify import Message, Outbox, exception_message, from_settings
from pycore.notify.slack import SlackNotifier

TOKEN = "xoxb-0000-integration-token"
REFERENCE = SecretReference.model_validate({"$secret": {"env": "ENV_SLACK_TOKEN"}})


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


def notifier(url: str, *, attempts: int = 3, timeout_s: int = 5) -> SlackNotifier:
    return SlackNotifier(TOKEN, base_url=url, attempts=attempts, timeout_s=timeout_s)


def outbox_to(url: str) -> Outbox:
    settings = SlackSettings(token=REFERENCE, base_url=url, notify_user="jay")
    return from_settings(settings, "Local", lambda reference: Secret(TOKEN))


def fail() -> None:
    raise ValueError("no rows <!channel>")


def an_error() -> ValueError:
    try:
        fail()
    except ValueError as exc:
        return exc
    raise AssertionError


@contextmanager
def refused() -> Iterator[str]:
    """An address where nothing listens: the port is ours, so nobody else can take it meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}/api/"


def test_a_text_arrives_with_channel_name_and_token() -> None:
    with slack_server() as slack:
        notifier(slack.url).send(Message(text="loaded 50 rows"))

    (post,) = slack.posts
    assert post.path == "/api/chat.postMessage"
    assert post.token == f"Bearer {TOKEN}"
    assert post.fields == {
        "channel": "debugging",
        "text": "loaded 50 rows",
        "username": "bugbot",
        "unfurl_links": False,
        "unfurl_media": False,
    }


def test_a_message_may_name_its_own_channel() -> None:
    with slack_server() as slack:
        notifier(slack.url).send(Message(text="loaded", channel="#releases"))

    assert slack.posts[0].fields["channel"] == "#releases"


def test_an_exception_arrives_with_its_line_and_without_orders_or_secrets() -> None:
    with slack_server() as slack:
        outbox = outbox_to(slack.url)
        outbox.notify_exception(an_error())
        assert outbox.flush(10)

    (text,) = slack.texts
    assert "@jay `Local`\n*ValueError*: no rows &lt;!channel&gt;\nFile `" in text
    assert 'raise ValueError("no rows &lt;!channel&gt;")' in text


def test_a_limit_is_waited_for_as_long_as_slack_asks() -> None:
    with slack_server(error("ratelimited", 429, **{"Retry-After": "2"}), OK) as slack:
        notifier(slack.url).send(Message(text="text"))

    assert slack.texts == ["text", "text"]
    assert slack.posts[1].at - slack.posts[0].at >= 2


def test_a_limit_that_lasts_longer_than_one_waits_is_reported_with_its_length() -> None:
    with slack_server(error("ratelimited", 429, **{"Retry-After": "3600"})) as slack:
        started = time.monotonic()
        with pytest.raises(NotificationError, match=r"#debugging now; try again in 3600 s"):
            notifier(slack.url).send(Message(text="text"))

    assert time.monotonic() - started < 5
    assert len(slack.posts) == 1


def test_an_error_of_the_server_is_tried_again_not_more_than_once_a_second() -> None:
    with slack_server(Answer(500, b"<html>oops</html>"), OK) as slack:
        notifier(slack.url).send(Message(text="text"))

    assert len(slack.posts) == 2
    assert slack.posts[1].at - slack.posts[0].at >= 1


def test_a_server_that_stays_broken_is_given_up() -> None:
    broken = Answer(500, b"<html>oops</html>")
    with slack_server(broken) as slack, pytest.raises(NotificationError, match=r"not Slack \(HTTP status 500\)"):
        notifier(slack.url, attempts=2).send(Message(text="text"))

    assert len(slack.posts) == 2


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (error("invalid_auth"), "invalid_auth; check the token"),
        (error("channel_not_found"), "#debugging: channel_not_found; check the channel's name"),
        (error("something_new"), "something_new; see the errors"),
        (Answer(200, b"<html>a proxy's page</html>"), "not Slack"),
        (Answer(200, b"\xff\xfe"), "cannot be reached"),
    ],
)
def test_a_refusal_is_not_tried_again_and_names_its_cure(answer: Answer, said: str) -> None:
    with slack_server(answer) as slack, pytest.raises(NotificationError, match=said):
        notifier(slack.url).send(Message(text="text"))

    assert len(slack.posts) == 1


def test_a_server_that_hangs_is_left_after_the_time_out() -> None:
    with slack_server(HANG) as slack:
        started = time.monotonic()
        with pytest.raises(NotificationError, match=r"cannot be reached: .*timed out"):
            notifier(slack.url, attempts=1, timeout_s=1).send(Message(text="text"))

    assert 1 <= time.monotonic() - started < 5


def test_a_refused_connection_is_an_error_of_our_tree_that_pickles_and_holds_no_token() -> None:
    with refused() as url, pytest.raises(NotificationError, match="cannot be reached") as caught:
        notifier(url, attempts=1).send(Message(text="text"))

    assert caught.value.exit_code == 7
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    assert TOKEN not in str(caught.value)
    assert caught.value.__cause__ is not None


def test_a_connection_that_is_cut_is_tried_again() -> None:
    with slack_server(CUT, OK) as slack:
        notifier(slack.url).send(Message(text="text"))

    assert slack.texts == ["text", "text"]


def test_neither_the_token_nor_the_library_is_heard_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with refused() as url:
        outbox = outbox_to(url)
        outbox.notify(f"the token is {TOKEN}")
        wait_for(lambda: "did not leave" in caplog.text, 20, service="outbox")

    assert TOKEN not in caplog.text
    # Behind the back of this test a lease of an earlier one may still be given back, to a server that is gone.
    heard = [record.name for record in caplog.records if not record.name.startswith("pycore.cache.")]
    assert heard == ["pycore.notify.outbox"]


@pytest.mark.parametrize("answer", [HANG, error("ratelimited", 429, **{"Retry-After": "20"}), Answer(500, b"oops")])
def test_ten_thousand_errors_while_slack_is_ill_neither_block_nor_flood(answer: Answer) -> None:
    with slack_server(answer) as slack:
        outbox = outbox_to(slack.url)
        spent_s = []
        began = time.monotonic()
        for _ in range(10_000):
            started = time.thread_time()
            outbox.notify_exception(an_error())
            spent_s.append(time.thread_time() - started)
        took_s = time.monotonic() - began
        wait_for(lambda: slack.posts, 10, service="slack")
        outbox.close(0)
        slack.released.set()

    assert took_s <= 20  # a caller that waited for Slack would have waited for ever, or as long as it asked
    # One call in a thousand may pay for the collection of everybody's garbage.
    assert sorted(spent_s)[-11] <= 0.01
    assert len(slack.posts) <= 3
    assert outbox.counters.dropped == 1


def test_a_healthy_slack_gets_at_most_one_message_a_second() -> None:
    with slack_server() as slack:
        outbox = outbox_to(slack.url)
        for number in range(3):
            outbox.notify(f"text {number}")
        assert outbox.flush(20)

    gaps = [later.at - earlier.at for earlier, later in zip(slack.posts, slack.posts[1:], strict=False)]
    assert slack.texts == ["text 0", "text 1", "text 2"]
    assert min(gaps) >= 1


def test_the_error_of_an_exception_message_is_seen_by_whoever_waits_for_slack() -> None:
    with slack_server(error("not_in_channel")) as slack, pytest.raises(NotificationError, match="invite the bot"):
        notifier(slack.url).send(exception_message(an_error()))

    assert "*ValueError*" in slack.texts[0]
