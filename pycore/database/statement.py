"""One reading statement: checked by its tokens, its parameters found, the rest left alone.

The text is never rewritten. sqlglot cuts it into tokens by the rules of the server at hand, so that a ``:`` or ``%``
inside a literal or a comment stays what it is; what stands between the tokens must be blanks and comments by the
server's own rules, else the text and what the server would run could differ, and it is refused.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, Literal

from sqlglot import Token, TokenType, tokenize
from sqlglot.errors import SqlglotError

from pycore.database.values import bindable
from pycore.exceptions import QueryError

__all__ = ["DIALECT", "Family", "Statement", "parse"]

Family = Literal["sqlite", "mysql", "postgresql"]

MAX_STATEMENT_CHARACTERS = 1_000_000
MAX_STATEMENT_WORDS = 200_000  # about a second
READING_WORDS = ("SELECT", "WITH", "VALUES", "TABLE", "SHOW", "DESCRIBE", "DESC", "EXPLAIN")
_WRITING_WORDS = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"})
_CHANGING_WORDS = _WRITING_WORDS | {
    *("CREATE", "DROP", "ALTER", "TRUNCATE", "RENAME", "GRANT", "REVOKE", "LOAD", "COPY", "CALL", "UPSERT"),
}
_LONGEST_WORD = 30
# Functions that read or write files of the server, leave something behind in it, or run what a text says.
_FORBIDDEN_FUNCTIONS: Final = re.compile(
    r"LOAD_FILE|(GET|RELEASE|RELEASE_ALL)_LOCKS?|NEXTVAL|SETVAL|SYS_(EXEC|EVAL|GET|SET)"
    r"|LOAD_EXTENSION|READFILE|WRITEFILE|FTS3_TOKENIZER"
    r"|(SPIDER|GROUP_REPLICATION|ASYNCHRONOUS_CONNECTION|KEYRING_KEY|VERSION_TOKENS|AUDIT_LOG)_\w+"
    r"|PG_(READ|LS|STAT|ADVISORY|TRY_ADVISORY|TERMINATE|CANCEL|RELOAD|ROTATE|NOTIFY|SWITCH|PROMOTE)\w*"
    r"|PG_(CREATE|DROP|COPY|BACKUP|START|STOP|LOGICAL|REPLICATION_ORIGIN|FILE|WAL_REPLAY)_\w+"
    r"|SET_CONFIG|LO_\w+|LOWRITE|DBLINK\w*|(QUERY|CURSOR|TABLE|SCHEMA|DATABASE)_TO_XML\w*|XPATH_TABLE|TS_STAT"
)
# What a hint of MySQL may set for its statement: then our own settings do not hold.
_SETTING_HINT: Final = re.compile(r"\b(SET_VAR|MAX_EXECUTION_TIME|RESOURCE_GROUP)\b", re.IGNORECASE)
_LOCKING: Final = re.compile(r"\b(?:FOR (?:UPDATE|SHARE|NO KEY UPDATE|KEY SHARE)|LOCK IN SHARE MODE|NEXT VALUE FOR)\b")
DIALECT: Final[Mapping[str, str]] = {"sqlite": "sqlite", "mysql": "mysql", "postgresql": "postgres"}
_PLACEHOLDER = {"sqlite": "?", "mysql": "%s", "postgresql": "%s"}
_LITERALS = frozenset(
    {TokenType.STRING, TokenType.NATIONAL_STRING, TokenType.RAW_STRING, TokenType.HEREDOC_STRING, TokenType.BYTE_STRING}
)
_QUOTED = _LITERALS | {TokenType.IDENTIFIER, TokenType.HEX_STRING, TokenType.BIT_STRING}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_EXPLAIN = re.compile(r"\s*EXPLAIN(\s+QUERY\s+PLAN)?\s", re.IGNORECASE)
# No group is possessive: Python before 3.11.5 gets that wrong (gh-106052). Where a comment ends is found in
# one way only, so that a long gap is not tried in every division either.
_COMMENT = r"\*[^*]*\*+(?:[^/*][^*]*\*+)*/"  # behind its slash
_BLANK_OR_COMMENT = {
    # "--" begins a comment in MySQL only before a blank, and /*! … */ is run by the server.
    "mysql": re.compile(rf"(?:[ \t-\r]++|--(?=[\x00-\x20]|\Z)[^\n]*+|\#[^\n]*+|/(?!\*!|\*M!){_COMMENT})*"),
    "sqlite": re.compile(rf"(?:[ \t\n\f\r]++|--[^\n]*+|/{_COMMENT})*"),
    "postgresql": re.compile(r"(?:[ \t\n\f\r]++|--[^\r\n]*+|/\*(?:[^*/]++|\*(?!/)|/(?!\*))*\*/)*"),
}
# MySQL ends a number where it must, and reads on: 1.5INTO is two words, and \NINTO too.
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]+|0b[01]+|\d+\.?\d*(?:[eE][+-]?\d+)?")
# Neither a quote nor a comment can begin or end in it, and cutting it into words takes long.
_LIST_OF_DIGITS = re.compile(r"\d[\d, \t]{30,}\d")
_WORD = re.compile(
    rf"/{_COMMENT}|--[^\n]*+|'(?:[^'\\]|\\.|'')*'|\"[^\"]*\"|`[^`]*`|[^\W\d]\w*|\d[\w.]*|[^\s\w]", re.DOTALL
)
_JOINED = re.compile(r"[\w'\"`$:]")


@dataclass(frozen=True)
class Statement:
    """A checked statement.

    Attributes
    ----------
    text : str
        As it was written.
    family : str
        Whose rules it follows: ``"sqlite"``, ``"mysql"`` or ``"postgresql"``.
    pieces : tuple of str
        The text between the parameters; one more than `parameters`.
    parameters : tuple of str
        Names in the order in which they stand in the text, repeated where they are.
    word : str
        The word that it begins with.
    """

    text: str
    family: Family
    pieces: tuple[str, ...]
    parameters: tuple[str, ...]
    word: str

    def for_driver(self) -> str:
        """Return the text as the driver takes it, with its mark in the place of each parameter."""
        pieces = self.pieces if self.family == "sqlite" else [piece.replace("%", "%%") for piece in self.pieces]
        return _PLACEHOLDER[self.family].join(pieces)

    def with_nulls(self) -> str:
        """Return the text with NULL for each parameter: good for asking about types, never for rows."""
        return "NULL".join(self.pieces)

    def bind(self, parameters: Mapping[str, Any] | None) -> tuple[Any, ...]:
        """Return the values in the order of the driver's marks.

        Raises
        ------
        QueryError
            A parameter is missing, unknown, or of a type that no database takes; the names are in the text.
        """
        if parameters is not None and not isinstance(parameters, Mapping):
            raise QueryError(
                f"The parameters are a {type(parameters).__name__}; expected a mapping of names to values.",
                statement=self.text,
            )
        given = {} if parameters is None else dict(parameters)
        wanted = sorted(set(self.parameters))
        missing = [name for name in wanted if name not in given]
        unknown = sorted(str(name) for name in given if name not in wanted)
        problems = [f"missing: {', '.join(missing)}"] if missing else []
        problems += [f"unknown: {', '.join(unknown)}"] if unknown else []
        if problems:
            takes = f"It takes {', '.join(':' + name for name in wanted)}" if wanted else "It takes none"
            raise QueryError(
                f"The parameters do not fit the statement ({'; '.join(problems)}). {takes}.", statement=self.text
            )
        return tuple(bindable(given[name], name, self.family, self.text) for name in self.parameters)


def parse(text: str, family: Family) -> Statement:
    """Return `text` as a statement that reads.

    Raises
    ------
    QueryError
        It is empty, too long, not one statement, or does something else than read.

    Examples
    --------
    >>> statement = parse("SELECT ':no' FROM stocks WHERE symbol = :symbol", "sqlite")
    >>> statement.parameters
    ('symbol',)
    >>> statement.for_driver()
    "SELECT ':no' FROM stocks WHERE symbol = ?"
    """
    _check_text(text)
    tokens = _tokens(text, family)
    while tokens and tokens[-1].token_type is TokenType.SEMICOLON:
        tokens.pop()
    if not tokens:
        raise _refused("is empty", text)
    if any(token.token_type is TokenType.SEMICOLON for token in tokens):
        raise _refused("is more than one statement; send them one by one", text)
    word = _check_reading(tokens, text, family)
    names = _parameters(tokens, text, family)
    end = tokens[-1].end + 1
    pieces, start = [], 0
    for colon, name in names:
        pieces.append(text[start : colon.start])
        start = name.end + 1
    pieces.append(text[start:end])
    return Statement(text, family, tuple(pieces), tuple(text[n.start : n.end + 1] for _, n in names), word)


def _check_text(text: str) -> None:
    if not isinstance(text, str):
        raise QueryError(f"The statement is a {type(text).__name__}; expected its text.")
    if len(text) > MAX_STATEMENT_CHARACTERS:
        raise _refused(f"has {len(text):,} characters; at most {MAX_STATEMENT_CHARACTERS:,} are taken", text[:200])
    if "\x00" in text:
        raise _refused("has a NUL character in it", text)
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise _refused("has half a surrogate pair in it, which has no UTF-8 form", text)
    if len(text) > MAX_STATEMENT_WORDS:
        n_words = sum(1 for _ in _WORD.finditer(_LIST_OF_DIGITS.sub("1", text)))
        if n_words > MAX_STATEMENT_WORDS:
            raise _refused(
                f"has {n_words:,} words and signs; at most {MAX_STATEMENT_WORDS:,} are taken. Put the values into a "
                "table (database.add) and join it",
                text[:200],
            )


def _refused(why: str, text: str) -> QueryError:
    return QueryError(f"The statement {why}{'' if why.endswith('?') else '.'}", statement=text)


def _tokens(text: str, family: Family) -> list[Token]:
    """Cut `text` into tokens, and make sure that nothing but blanks and comments is left between them."""
    offset = 0
    explain = _EXPLAIN.match(text)
    if explain:  # sqlglot takes the rest of an EXPLAIN for one string on some servers
        offset = explain.end() - 1
    try:
        tokens = tokenize(_LIST_OF_DIGITS.sub(_digits, text[offset:]), read=DIALECT[family])
    except (SqlglotError, RecursionError) as exc:
        raise _refused("cannot be cut into words; is a quote or a comment not closed?", text) from exc
    for token in tokens:
        token.start += offset
        token.end += offset
    if not explain:
        _check_word(tokens, text)  # before the gaps: of other statements sqlglot takes the rest for one string
    position = offset
    for token in tokens:
        _check_gap(text[position : token.start], family, text)
        position = token.end + 1
    _check_gap(text[position:], family, text)
    if explain:
        tokens.insert(0, Token(TokenType.DESCRIBE, "EXPLAIN", start=0, end=offset))
    return tokens


def _digits(found: re.Match[str]) -> str:
    return "1" * len(found[0])


def _check_gap(gap: str, family: Family, text: str) -> None:
    if gap not in ("", " ") and not _BLANK_OR_COMMENT[family].fullmatch(gap):
        raise _refused(
            'has a comment or a blank that the server may read otherwise: no "/*!", no comment within a comment, '
            'a blank after "--", and no blanks but those of a keyboard',
            text,
        )


def _check_word(tokens: Sequence[Token], text: str) -> None:
    first = next((token for token in tokens if token.token_type not in (TokenType.L_PAREN, TokenType.SEMICOLON)), None)
    if first is not None and (first.token_type in _QUOTED or first.text.upper() not in READING_WORDS):
        raise _refused(_no_reading_word("" if first.token_type in _QUOTED else first.text.upper()), text)


def _no_reading_word(phrase: str) -> str:
    """Say why a statement does not begin as one that reads; `phrase` may be more than its first word."""
    word = next(iter(phrase.split()), "")
    found = word if word.isidentifier() and len(word) <= _LONGEST_WORD else "something else"
    if found in _CHANGING_WORDS:
        return f"must read, and begins with {found}; write with database.session()"
    close = get_close_matches(found, READING_WORDS, n=1, cutoff=0.7)
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"must read: it begins with {found}, which is none of {', '.join(READING_WORDS)}{hint}"


def _check_reading(tokens: Sequence[Token], text: str, family: Family) -> str:
    """Return the word that the statement begins with; refuse it unless all of it reads."""
    words = [word for token in tokens for word in _words(token, text)]
    word = next((word for word in words if word != "("), "")
    if not word:
        raise _refused("is empty", text)
    if "INTO" in words:
        raise _refused("must read: INTO writes to a file, a table or a variable", text)
    if ":=" in words and family == "mysql":
        raise _refused("must read: := writes to a variable, which stays in the session", text)
    if word in ("WITH", "EXPLAIN", "DESCRIBE", "DESC") and _has_writing_word(words):
        raise _refused(f"must read: what follows {word} has to be a SELECT", text)
    locking = _LOCKING.search(" ".join(words))
    if locking:
        raise _refused(f"must read: {locking[0]} locks or changes what others use", text)
    if any(token.token_type is TokenType.HINT and _SETTING_HINT.search(token.text) for token in tokens):
        raise _refused("must not set anything in a hint", text)
    for token, following in itertools.pairwise(tokens):
        if following.token_type is TokenType.L_PAREN and _FORBIDDEN_FUNCTIONS.fullmatch(token.text.upper()):
            raise _refused(f"must not call {token.text.upper()}", text)
    return word


def _words(token: Token, text: str) -> list[str]:
    """Return the words that a server may read in a token, in upper case; nothing of what is quoted."""
    first = text[token.start]
    if token.token_type in _QUOTED and not first.isalnum():
        return [""]
    if first.isdigit():
        return ["1", _NUMBER.sub("", token.text, count=1).upper()]
    word = token.text.upper()
    if word.startswith("N") and token.start > 0 and text[token.start - 1] == "\\":
        return ["N", word[1:]]
    return word.split() or [""]


def _has_writing_word(words: Sequence[str]) -> bool:
    """Whether a statement that writes begins in it: at its top, or in brackets (WITH a AS (DELETE …))."""
    depth = 0
    for before, word, following in zip(["(", *words], words, [*words[1:], ""], strict=False):
        depth += (word == "(") - (word == ")")
        if (depth == 0 or before == "(") and word in _WRITING_WORDS and following != "(":
            return True
    return False


def _parameters(tokens: Sequence[Token], text: str, family: Family) -> list[tuple[Token, Token]]:
    """Return the colon and the name of each parameter, in order."""
    found = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.token_type is TokenType.COLON:
            if following is not None and _is_parameter(token, following, text):
                found.append((token, following))
            elif family == "sqlite":  # where a colon means nothing else
                raise _refused("has a colon that begins no parameter; write :name, with letters of ASCII", text)
        elif family == "sqlite" and (
            token.token_type in (TokenType.PLACEHOLDER, TokenType.PARAMETER)
            or (token.token_type is TokenType.VAR and token.text.startswith("$"))
        ):
            raise _refused("has a parameter in another form; write :name", text)
    return found


def _is_parameter(colon: Token, name: Token, text: str) -> bool:
    """Whether a colon and what follows are a parameter; refuse one that would grow together with its neighbours."""
    if name.start != colon.end + 1 or not _NAME.fullmatch(text[name.start : name.end + 1]):
        return False
    behind = text[name.end + 1 : name.end + 3]
    if _JOINED.match(text, colon.start - 1) or (_JOINED.match(behind) and behind != "::"):
        raise _refused(f"has no blank around :{text[name.start : name.end + 1]}", text)
    return True
