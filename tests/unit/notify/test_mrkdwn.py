"""What Slack shows of a message: everything is text, only the addressed user is obeyed."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from pycore._logging import register_secret
from pycore.notify import ErrorReport, Message, Place
from pycore.notify.slack import as_mrkdwn

PLACE = Place(file="/work/job.py", line=7, source="load(table)")
AT = dt.datetime(2026, 11, 20, 12, 4, 25, tzinfo=dt.UTC)

HOSTILE = ["<!channel>", "<!here|x>", "<@U12345678>", "<http://evil|click>", "a & b", "```", "`", "*_~", "</code>"]


def about(
    text: str = "no rows", *, user: str = "jay", place: Place | None = PLACE, cell: Place | None = None
) -> Message:
    report = ErrorReport(type="ValueError", text=text, at=AT, environment="Local", user=user, place=place, cell=cell)
    return Message(text="not shown", error=report)


def test_an_error_is_shown_with_all_that_is_known() -> None:
    assert as_mrkdwn(about()).splitlines() == [
        "2026-11-20 12:04:25 UTC @jay `Local`",
        "*ValueError*: no rows",
        "File `/work/job.py`, line 7",
        "```",
        "load(table)",
        "```",
    ]


def test_the_cell_that_led_there_is_shown_too() -> None:
    shown = as_mrkdwn(about(cell=Place(file="Cell In[3]", line=2, source='core.dataset("x")')))

    assert 'File `Cell In[3]`, line 2\n```\ncore.dataset("x")\n```' in shown


def test_an_error_without_a_place_has_no_code() -> None:
    assert as_mrkdwn(about(place=None)).splitlines()[-1] == "*ValueError*: no rows"


@pytest.mark.parametrize(
    ("user", "shown"),
    [
        ("channel", "<!channel>"),
        ("here", "<!here>"),
        ("U02AB3CD4", "<@U02AB3CD4>"),
        ("jay", "@jay"),
        ("<!everyone>", "@&lt;!everyone&gt;"),
    ],
)
def test_the_user_is_addressed_as_slack_wants_it(user: str, shown: str) -> None:
    assert as_mrkdwn(about(user=user)).splitlines()[0] == f"2026-11-20 12:04:25 UTC {shown} `Local`"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_gives_slack_orders_or_leaves_its_place(hostile: str) -> None:
    place = Place(file=f"/work/{hostile}.py", line=1, source=f"x = {hostile!r}")
    shown = as_mrkdwn(about(f"{hostile}\n{hostile}", place=place, cell=place))

    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", shown)
    assert shown.count("```") == 2 * 3 + shown.splitlines()[1].count("```")
    assert not re.search(r"[<>]", as_mrkdwn(Message(text=hostile)))


def test_further_lines_of_an_error_are_a_block_of_their_own() -> None:
    shown = as_mrkdwn(about("3 problems:\n- one\n- two"))

    assert "*ValueError*: 3 problems:\n```\n- one\n- two\n```" in shown


def test_secrets_are_masked_before_anything_is_escaped() -> None:
    register_secret("can&ary<mrkdwn>")
    place = Place(file="can&ary<mrkdwn>", line=1, source="login('can&ary<mrkdwn>')")

    shown = as_mrkdwn(about("can&ary<mrkdwn>\ncan&ary<mrkdwn>", place=place)) + as_mrkdwn(
        Message(text="can&ary<mrkdwn>")
    )

    assert "ary" not in shown


def test_a_message_is_never_longer_than_slack_shows() -> None:
    place = Place(file="f" * 9_000, line=1, source="s" * 9_000)

    assert len(as_mrkdwn(about("x" * 90_000, place=place))) < 4_500
    assert len(as_mrkdwn(Message(text="x" * 90_000))) < 3_100


def test_a_message_that_stands_for_many_says_for_how_many() -> None:
    assert as_mrkdwn(Message(text="again", count=1_234)) == "again\n_1,234 times_"
    assert as_mrkdwn(Message(text="once")) == "once"
