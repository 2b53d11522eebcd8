"""Secrets are masked wherever a text leaves; ordinary text is left alone."""

from __future__ import annotations

import json
import threading
import time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycore._redaction import MASK, Redactor, redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("redis://user:pa55@host:6000/0", "redis://user:***@host:6000/0"),
        ("redis://:pa55@host", "redis://:***@host"),
        ("mysql+pymysql://u:p@ss:word@db/stocks is away", "mysql+pymysql://u:***@db/stocks is away"),
        ("redis://u:pa/ss@host/0", "redis://u:***@host/0"),
        ("two: http://a:b@c and http://d:e@f", "two: http://a:***@c and http://d:***@f"),
        ("token xoxb-12-34-aBc, xapp-1-A-2-ff", "token ***, ***"),
        ("https://hooks.slack.com/services/T0/B0/x1y2", "https://hooks.slack.com/services/***"),
        ("db_password = 'it\\'s'", 'db_password = "***"'),
        ('{"token": "abc", "port": 1}', '{"token": "***", "port": 1}'),
        ("http://127.0.0.1:8888/lab?token=abc&x=1", "http://127.0.0.1:8888/lab?token=***&x=1"),
        ("https://host/?a=1&access_token=abc#x", "https://host/?a=1&access_token=***#x"),
        ("ENV_REDIS_PASSWORD=hunter2 ENV_X=1", "ENV_REDIS_PASSWORD=*** ENV_X=1"),
        ("host=db user=reader password=hunter2 port=5432", "host=db user=reader password=*** port=5432"),
        ("AWS_SECRET_ACCESS_KEY = 'ab/cd'", 'AWS_SECRET_ACCESS_KEY = "***"'),
        ("passphrase='abc def', pwd=\"x\"", 'passphrase="***", pwd="***"'),
        ("{'Authorization': 'Bearer ab.cd-ef'}", "{'Authorization': 'Bearer ***'}"),
        ("authorization: Basic dXNlcjpwYXNz", "authorization: Basic ***"),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1:8888/lab?reply=a@b is ready",
        "write to someone@example.org at 12:04",
        "redis://127.0.0.1:6000/0",
        'the token file is "data/run/token"',
        "password: none was given",
        "GET /api/tokens",
        "Access denied for user 'reader'@'db' (using password: YES)",
        "if password == expected: max_tokens=100",
        "Basic authentication is not supported",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert redact(text) == text


def test_every_spelling_of_a_registered_secret_is_masked() -> None:
    secret = 'pä "ss"/wörd\n+1%'
    redactor = Redactor()
    redactor.register(secret)

    spellings = [secret, repr(secret), json.dumps(secret), quote(secret, safe=""), quote(secret), quote_plus(secret)]
    for spelling in spellings:
        assert redactor.redact(f"<{spelling}>").strip("<>'\"") == MASK


def test_a_longer_secret_is_masked_whole_when_a_shorter_one_is_its_beginning() -> None:
    redactor = Redactor()
    redactor.register("abracadabra")
    redactor.register("abracadabra-and-more")

    assert redactor.redact("(abracadabra-and-more) (abracadabra)") == "(***) (***)"


def test_a_short_secret_is_masked_only_where_it_stands_alone() -> None:
    redactor = Redactor()
    redactor.register("zq")

    assert redactor.redact("zq, 'zq' and zqx") == "***, '***' and zqx"


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_a_blank_secret_masks_nothing(blank: str) -> None:
    redactor = Redactor()
    redactor.register(blank)

    assert redactor.redact("a b\nc") == "a b\nc"


@given(secret=st.text(min_size=4, max_size=40).filter(lambda text: bool(text.strip())), around=st.text(max_size=20))
def test_no_registered_secret_survives(secret: str, around: str) -> None:
    redactor = Redactor()
    redactor.register(secret)

    masked = redactor.redact(around + secret + around)

    assert secret not in masked or secret in MASK


def test_secrets_are_registered_by_many_threads_at_once() -> None:
    redactor = Redactor()
    threads = [threading.Thread(target=redactor.register, args=(f"thread-secret-{n:02}",)) for n in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert redactor.redact(" ".join(f"thread-secret-{n:02}" for n in range(32))) == " ".join([MASK] * 32)


def test_a_hostile_text_is_redacted_in_linear_time() -> None:
    hostile = "a.b+" * 10_000 + "://u:" * 2_000 + "token='" * 2_000

    started = time.process_time()
    redact(hostile)

    assert time.process_time() - started < 5
