"""The help of every command: it reads well, its examples are right, and it comes at once."""

from __future__ import annotations

import inspect
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from suites.command_line import called

from pycore.cli._app import cli

HEAVY = [
    "IPython",
    "bokeh",
    "httpx",
    "nbformat",
    "numpy",
    "orjson",
    "pandas",
    "papermill",
    "pyarrow",
    "pydantic",
    "pymysql",
    "redis",
    "slack_sdk",
    "sqlalchemy",
    "sqlglot",
    "tqdm",
    "tree_sitter",
]


def walk(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from walk(found, (*words, name))


COMMANDS = dict(walk(cli, ()))


def examples(command: click.Command) -> list[str]:
    _, _, part = inspect.cleandoc(command.help or "").partition("\nExample")
    return [line.strip() for line in part.splitlines()[1:] if line.strip()]


EXAMPLES = [(words, line) for words, command in COMMANDS.items() for line in examples(command)]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_each_help_has_a_sentence_examples_and_no_line_that_is_too_long(words: tuple[str, ...]) -> None:
    outcome = called(*words, "--help")

    assert outcome.exit_code == 0
    assert re.search(r"Examples?:\n +\S", outcome.stdout)
    assert COMMANDS[words].get_short_help_str(200).endswith(".")
    assert max(map(len, outcome.stdout.splitlines())) <= 100
    assert outcome.stderr == ""


@pytest.mark.parametrize(("words", "line"), EXAMPLES, ids=[line for _, line in EXAMPLES])
def test_each_example_names_commands_and_options_that_exist(words: tuple[str, ...], line: str) -> None:
    call = next(part for part in re.split(r"[|>]", line) if re.search(r"\bpycore ", part))
    rest = shlex.split(call[call.index("pycore ") :])[1:]
    context: click.Context | None = None
    command: click.Command = cli
    while isinstance(command, click.Group):
        context = click.Context(command, parent=context)
        _, rest, _ = command.make_parser(context).parse_args(list(rest))
        found = command.get_command(context, rest[0])
        assert found is not None, rest[0]
        command, rest = found, rest[1:]

    _, left, _ = command.make_parser(click.Context(command, parent=context)).parse_args(list(rest))

    assert left == []


@pytest.mark.parametrize("words", [words for words in COMMANDS if words], ids=" ".join)
def test_each_example_is_one_of_its_own_command(words: tuple[str, ...]) -> None:
    lines = examples(COMMANDS[words])

    assert lines
    assert all(all(word in line for word in ("pycore", *words)) for line in lines)


def test_the_list_of_commands_names_each_as_it_names_itself() -> None:
    listed = re.findall(r"^  (\w+)  +\S.*\.$", called("--help").stdout.partition("Commands:")[2], re.MULTILINE)

    assert listed == [COMMANDS[name,].name for name in listed]
    assert set(listed) == {words[0] for words in COMMANDS if words}


@pytest.mark.parametrize("words", ["--help", "--version", "dataset --help", "cache get --help", "datset"])
def test_help_imports_no_heavy_library(words: str) -> None:
    program = (
        "import sys; from pycore.cli import main; main(sys.argv[2:]); "
        "print(','.join(sorted(set(sys.argv[1].split(',')) & set(sys.modules))), file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, ",".join(HEAVY), *words.split()], capture_output=True, text=True, check=True
    )

    assert ended.stderr.splitlines()[-1] == ""
