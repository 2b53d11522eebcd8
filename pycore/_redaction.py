"""What must never be read by others, taken out of any text: secrets by registration, and what looks like one."""

from __future__ import annotations

import json
import re
import threading
from urllib.parse import quote, quote_plus

__all__ = ["MASK", "Redactor", "redact", "register_secret"]

MASK = "***"

# A shorter secret is masked only where it stands alone: "a" must not turn every "data" into "d***t***".
_SHORT = 4

# What a secret is called: password, DB_PASSWORD2, client_secret, AWS_SECRET_ACCESS_KEY, apiKey.
_NAME = r"(?:passw(?:or)?d|passphrase|pwd|secret|token|api_?key|private_?key)(?:_(?:access_)?key)?\d*"

_PATTERNS = (
    # scheme://user:password@host. The password ends at the last @ before a slash; one with a slash in it, which is
    # no URL but happens, at the last @ of the word, unless it begins like a port.
    (
        re.compile(
            r"""(\b[a-z][a-z0-9+.-]{0,30}://[^\s/:@'"]*):(?:[^\s/?#'"]*|(?!\d+[/?#])[^\s'"]*)@""", re.IGNORECASE
        ),
        rf"\1:{MASK}@",
    ),
    (re.compile(r"\bx(?:ox[a-z]|app)-[\w-]+(?:\.[\w-]+)*", re.IGNORECASE), MASK),
    (re.compile(r"(\bhooks\.slack\.com/[a-z]+/)[^\s'\"<>]+", re.IGNORECASE), rf"\1{MASK}"),
    # password = "…" in a line of source, "token": "…" in JSON
    (
        re.compile(rf"""({_NAME}["']?\s*[:=]\s*)("(?:\\.|[^"\\\n])+"|'(?:\\.|[^'\\\n])+')""", re.IGNORECASE),
        rf'\1"{MASK}"',
    ),
    # ?token=… in an address, DB_PASSWORD=… in an environment, password=… in a connection string
    (re.compile(rf"({_NAME}=)(?![=*])[^\s&#'\"<>;,()]+", re.IGNORECASE), rf"\1{MASK}"),
    (
        re.compile(r"""(authorization["']?\s*[:=]\s*["']?(?:bearer|basic|token)\s+)[^\s"',;]+""", re.IGNORECASE),
        rf"\1{MASK}",
    ),
)


class Redactor:
    """Secrets that are known by their text, and what masks them.

    Examples
    --------
    >>> redactor = Redactor()
    >>> redactor.register("correct horse")
    >>> redactor.redact("redis://h/?a=correct%20horse refused 'correct horse'")
    "redis://h/?a=*** refused '***'"
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forms: set[str] = set()
        self._registered: re.Pattern[str] | None = None

    def register(self, text: str) -> None:
        """Have `text` masked by every later :meth:`redact`, as it is and as addresses, JSON and a repr spell it.

        Parameters
        ----------
        text : str
            The secret; a blank one is ignored, one of fewer than four characters is masked only where it stands alone.
        """
        if not text.strip():
            return
        with self._lock:
            self._forms.update(_spellings(text))
            longest_first = sorted(self._forms, key=lambda form: (-len(form), form))
            self._registered = re.compile("|".join(_expression(form) for form in longest_first))

    def redact(self, text: str) -> str:
        """Return `text` with ``***`` for registered secrets, passwords in addresses and tokens of Slack.

        Examples
        --------
        >>> redact("mysql+pymysql://reader:hunter2@db:3306/stocks")
        'mysql+pymysql://reader:***@db:3306/stocks'
        >>> redact("xoxb-123-456-abc was refused")
        '*** was refused'
        >>> redact("http://127.0.0.1:8888/lab is ready")
        'http://127.0.0.1:8888/lab is ready'
        """
        registered = self._registered
        if registered is not None:
            text = registered.sub(MASK, text)
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        return text


def _spellings(text: str) -> set[str]:
    return {
        text,
        repr(text)[1:-1],
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        quote(text, safe=""),
        quote(text),
        quote_plus(text),
    }


def _expression(form: str) -> str:
    if len(form) >= _SHORT:
        return re.escape(form)
    return rf"(?<!\w){re.escape(form)}(?!\w)"


# The process has one log, and so one register of what must not be in it.
_process = Redactor()
register_secret = _process.register
redact = _process.redact
