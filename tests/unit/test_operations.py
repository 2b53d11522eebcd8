"""Modes, variables, directories and secrets have one source, and manual, Compose files and program agree with it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import pycore

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import build_tables  # noqa: E402
from stack import reference  # noqa: E402

FILES = sorted((ROOT / "compose").glob("*.yml"))
PROGRAM = [file for file in sorted((ROOT / "scripts" / "stack").glob("*.py")) if file.name != "reference.py"]
MANUAL = (ROOT / "docs" / "operations.rst").read_text(encoding="utf-8")
KNOWN = {each.name: each for each in reference.VARIABLES}
# Which of the program's words are read from the environment: a name in capitals that is a text.
WORD = re.compile(r"\"((?:ENV|PIP|STACK)_[A-Z_]+)\"")
# Of a Compose file: ${NAME:-default}, or NAME: without a value, which is that of the caller.
INTERPOLATED = re.compile(r"\$\{([A-Z_]+)(?::-([^}]*))?\}")
PASSED_ON = re.compile(r"^ +([A-Z_]+):(?: #.*)?$|, ([A-Z_]+): \}", re.MULTILINE)


def interpolated(file: Path) -> list[tuple[str, str]]:
    return INTERPOLATED.findall(file.read_text(encoding="utf-8"))


def passed_on(file: Path) -> set[str]:
    return {name or built for name, built in PASSED_ON.findall(file.read_text(encoding="utf-8"))}


def read_by_compose(file: Path) -> set[str]:
    return {name for name, _ in interpolated(file)} | passed_on(file)


def read_by_program(file: Path) -> set[str]:
    return set(WORD.findall(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", build_tables.PAGES)
def test_the_tables_are_current(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    assert build_tables.written(name, text) == text, "make tables writes them"


@pytest.mark.parametrize("name", build_tables.PAGES)
def test_a_table_that_was_changed_is_written_again_and_nothing_else(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    changed = text.replace("JupyterLab 8888", "JupyterLab 9999")

    assert changed != text
    assert build_tables.written(name, changed) == text


def test_a_page_without_the_marks_is_refused() -> None:
    with pytest.raises(ValueError, match=r"README\.rst lacks the lines"):
        build_tables.written("README.rst", "no marks\n")


def test_no_name_is_there_twice() -> None:
    for names in (
        [each.name for each in reference.VARIABLES],
        [each.name for each in (*reference.MODES, *reference.PROFILES)],
        [each.name for each in (*reference.SECRETS, *reference.OPTIONAL_SECRETS)],
        [each.path for each in reference.DIRECTORIES],
    ):
        assert len(names) == len(set(names))


@pytest.mark.parametrize("file", [*FILES, *PROGRAM], ids=lambda file: file.name)
def test_each_variable_that_is_read_is_in_the_source(file: Path) -> None:
    read = read_by_program(file) if file.suffix == ".py" else read_by_compose(file)

    assert read - set(KNOWN) == set()


def test_each_variable_of_the_source_is_read() -> None:
    read = set().union(*map(read_by_compose, FILES), *map(read_by_program, PROGRAM))

    assert len(read) > 20
    assert set(KNOWN) - read == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_defaults_of_a_compose_file_are_those_of_the_source(file: Path) -> None:
    found = interpolated(file)
    expected = [(name, KNOWN[name].default) for name, _ in found]
    if file.name == "dev.yml":
        expected = [(name, KNOWN[name].dev_default or default) for name, default in expected]
    if file.name == "standalone.yml":
        expected = [(name, KNOWN[name].standalone_default or default) for name, default in expected]

    assert found
    assert found == expected
    # What is passed on without a value has no default, or another service of the file has it.
    assert [name for name in passed_on(file) - {name for name, _ in found} if KNOWN[name].default is not None] == []


def test_ports_are_published_by_the_files_of_their_modes() -> None:
    for mode in reference.MODES:
        texts = [(ROOT / "compose" / name).read_text(encoding="utf-8") for name in mode.files]
        published = set(re.findall(r"127\.0\.0\.1:\$\{([A-Z_]+)", "\n".join(texts)))
        profiles = [profile.name for profile in reference.PROFILES] if mode.has_profiles else []
        assert not texts or published == set(reference.ports(mode.name, profiles)), mode.name


def test_stacks_and_profiles_are_those_of_the_compose_files() -> None:
    assert sorted(reference.STACKS) == sorted(mode.name for mode in reference.MODES if mode.files)
    assert {name for mode in reference.MODES for name in mode.files} == {file.name for file in FILES}
    for mode in reference.MODES:
        texts = [(ROOT / "compose" / name).read_text(encoding="utf-8") for name in mode.files]
        profiles = re.findall(r"profiles: \[([a-z]+)\]", "\n".join(texts))
        assert sorted(profiles) == sorted(each.name for each in reference.PROFILES if mode.has_profiles), mode.name


def test_secrets_are_those_of_the_compose_file_and_the_examples() -> None:
    names = [secret.name for secret in reference.SECRETS]
    text = (ROOT / "compose" / "full-stack.yml").read_text(encoding="utf-8")
    declared = text[text.index("\nsecrets:\n") :]

    folder = ROOT / "compose" / "secrets"
    assert sorted(names) == sorted(path.name.removesuffix("_example") for path in folder.glob("*_example"))
    assert names == re.findall(r"^  ([a-z_]+): \{file: ", declared, re.MULTILINE)
    assert names == re.findall(r"\{file: \"\$\{ENV_SECRETS_DIR:-[^}]+\}/([a-z_]+)\"\}", declared)


def test_who_reads_a_secret_has_it_and_begins_anew_with_it() -> None:
    text = (ROOT / "compose" / "full-stack.yml").read_text(encoding="utf-8")
    services = re.findall(r"^  ([a-z-]+):\n((?: {4}.*\n|\n)+)", text, re.MULTILINE)
    given = {name: set(re.findall(r"[a-z_]+", "".join(re.findall(r"^    secrets: \[(.*)\]", body, re.MULTILINE))))
             for name, body in services}  # fmt: skip
    told = {name for name, body in services
            if f"sci-pype.secrets: \"${{ENV_SECRETS_ID_{name.upper().replace('-', '_')}:-}}\"" in body}  # fmt: skip

    for secret in reference.SECRETS:
        assert {name for name, names in given.items() if secret.name in names} == set(secret.readers), secret.name
    assert told == {name for secret in reference.SECRETS for name in secret.readers}


@pytest.mark.parametrize("secret", reference.OPTIONAL_SECRETS, ids=lambda secret: secret.name)
def test_a_secret_that_may_be_there_has_a_compose_file_that_gives_it_to_jupyterlab(secret: reference.Secret) -> None:
    text = (ROOT / "compose" / "options" / f"{secret.name}.yml").read_text(encoding="utf-8")

    assert f"  jupyter:\n    secrets: [{secret.name}]\n" in text
    assert f"_FILE: /run/secrets/{secret.name}}}" in text
    assert f'  {secret.name}: {{file: "${{ENV_SECRETS_DIR:-./secrets}}/{secret.name}"}}' in text


def test_every_compose_file_of_an_option_is_one_of_a_secret() -> None:
    files = sorted(path.stem for path in (ROOT / "compose" / "options").glob("*.yml"))

    assert files == sorted(secret.name for secret in reference.OPTIONAL_SECRETS)


def test_directories_are_mounted_where_the_source_says() -> None:
    text = (ROOT / "compose" / "full-stack.yml").read_text(encoding="utf-8")

    for each in reference.DIRECTORIES:
        source = f"${{{each.variable}:-{each.volume}}}" if each.variable else each.volume
        assert re.search(rf"{re.escape(f'{source}:{each.path}')}[\"\n]", text), each.path
    volumes = re.findall(r"^  ([a-z]+): \{\}$", text[text.index("\nvolumes:\n") :], re.MULTILINE)
    assert sorted(each.volume for each in reference.DIRECTORIES) == sorted(volumes)


@pytest.mark.parametrize("script", ["start.sh", "stop.sh"])
def test_the_scripts_name_every_mode(script: str) -> None:
    said = subprocess.run([ROOT / script, "--help"], capture_output=True, text=True, check=True).stdout

    assert [mode.name for mode in reference.MODES if not re.search(rf"\b{mode.name}\b", said)] == []
    profiles = "|".join(profile.name for profile in reference.PROFILES)
    assert f"--profile {profiles}" in said or script != "start.sh"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_images_are_named_by_this_version(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    versions = re.findall(r"image: sci-pype-[a-z-]+:([^\s,]+)", text) + re.findall(r"VERSION: ([^},\s]+)", text)
    assert versions or file.name == "dev.yml", "which has only what differs from full-stack.yml"
    assert set(versions) <= {pycore.__version__}


def test_the_manual_names_this_version() -> None:
    assert f"sci-pype-jupyter:{pycore.__version__}" in MANUAL
