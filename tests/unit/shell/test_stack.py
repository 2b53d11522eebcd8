"""``./start.sh full-stack`` with an environment that cannot be: all of it is said, and nothing is started."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
N_PROCESSORS = 2
# An engine that tells how many processors it has, and answers nothing else; what it was asked is kept.
ENGINE = f"""#!/bin/sh
echo "$*" >>"$ASKED"
[ "$1" = info ] && echo {N_PROCESSORS} && exit
exit 1
"""
# Where the engine is asked to do something, every variable was found right.
ASKED_THE_ENGINE = "the Docker engine does not answer"
RULES = {
    "ENV_JUPYTER_PORT": "a port, from 1 to 65535",
    "ENV_JUPYTER_MEMORY": "a size such as 512m",
    "ENV_REDIS_MAXMEMORY": "a size such as 512mb",
    "ENV_JUPYTER_CPUS": "a number of processors",
    "ENV_STACK_TIMEOUT_S": "a whole number of seconds",
    "ENV_STACK_NAME": "small letters, digits, - and _",
    "ENV_DB_USER": "a letter, then letters, digits",
    "ENV_JUPYTER_BASE_URL": "a path that begins with /",
    "ENV_JUPYTER_THEME": "light, dark, or the name of a theme",
    "ENV_HOST_PROJECT_DIR": "a folder that is there",
    "ENV_SECRETS_DIR": "a folder that is there",
    "ENV_PROXY_CONFIG": "a file that is there",
    "ENV_PRESTART_SCRIPT": "a script that the container has",
    "ENV_CONTAINER_UID": "the number of a user",
}


@dataclass(frozen=True)
class Said:
    code: int
    err: str
    asked: list[str]


@dataclass(frozen=True)
class Clone:
    """The scripts of this clone, beside an engine that does nothing."""

    folder: Path

    def call(self, script: str, *arguments: str, **variables: str) -> Said:
        asked = self.folder / "asked"
        asked.write_text("")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ENV_")}
        own = {"PATH": f"{self.folder}:{os.environ['PATH']}", "ASKED": str(asked)}
        own |= {"ENV_STACK_NAME": "sci-pype-unit", "ENV_SECRETS_DIR": str(self.folder)}
        ended = subprocess.run(
            [ROOT / script, *arguments],
            env=kept | own | variables, capture_output=True, text=True, check=False, cwd="/", timeout=30,
        )  # fmt: skip
        assert ended.stdout == ""
        return Said(ended.returncode, ended.stderr, asked.read_text().splitlines())


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    engine = tmp_path / "docker"
    engine.write_text(ENGINE)
    engine.chmod(0o755)
    return Clone(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("ENV_JUPYTER_PORT", value) for value in ("abc", "0", "70000", "08888", "8888-8890", " 8888", "-1")),
        *(("ENV_JUPYTER_MEMORY", value) for value in ("lots", "0", "1m", "4 gigabytes", "-4g")),
        *(("ENV_REDIS_MAXMEMORY", value) for value in ("half", "50%", "1.5gb")),
        *(("ENV_JUPYTER_CPUS", value) for value in ("-1", "0", "0.001", "all", "nan")),
        *(("ENV_STACK_TIMEOUT_S", value) for value in ("soon", "0", "1.5", "5m")),
        *(("ENV_STACK_NAME", value) for value in ("Sci-Pype", "my stack", "-a", "a/b", "a\n")),
        *(("ENV_DB_USER", value) for value in ("al ice", "a'; DROP", "root", "mysql.sys", "1a", "a" * 33)),
        *(("ENV_JUPYTER_BASE_URL", value) for value in ("science", "/a b/", "http://host/")),
        *(("ENV_JUPYTER_THEME", value) for value in ("\x1b[31m", "  ", "--", "x" * 200)),
        ("ENV_HOST_PROJECT_DIR", "/none/such"),
        ("ENV_SECRETS_DIR", "/none/such"),
        ("ENV_PROXY_CONFIG", "/"),
        ("ENV_PRESTART_SCRIPT", "./mine.sh"),
        *(("ENV_CONTAINER_UID", value) for value in ("somebody", "0", "007")),
    ],
)
def test_what_cannot_be_is_said_with_what_was_expected(clone: Clone, name: str, value: str) -> None:
    said = clone.call("start.sh", "full-stack", **{name: value})

    assert said.code == 3
    assert said.asked == []
    first, problem = said.err.splitlines()
    assert first == "start.sh: nothing was started, for the environment says what cannot be:"
    assert problem.startswith(f"  {name} is {ascii(value)[:20].rstrip(chr(39))}")
    assert f"; expected {RULES[name]}" in problem


@pytest.mark.parametrize(
    "variables",
    [
        {"ENV_JUPYTER_PORT": "1", "ENV_REDIS_PORT": "65535", "ENV_JUPYTER_MEMORY": "1.5G", "ENV_DB_MEMORY": "16m"},
        {"ENV_JUPYTER_MEMORY": "6291456", "ENV_REDIS_MEMORY": "512MB", "ENV_REDIS_MAXMEMORY": "0"},
        {"ENV_JUPYTER_CPUS": "0.5", "ENV_STACK_TIMEOUT_S": "1", "ENV_STACK_NAME": "2_a-b"},
        {"ENV_JUPYTER_CPUS": f"{N_PROCESSORS}", "ENV_JUPYTER_BASE_URL": "/", "ENV_JUPYTER_THEME": "dark"},
        {"ENV_JUPYTER_BASE_URL": "/science/data-1", "ENV_JUPYTER_THEME": "JupyterLab Dark High Contrast"},
        {"ENV_PRESTART_SCRIPT": "/opt/project/a.sh", "ENV_HOST_PROJECT_DIR": str(ROOT), "ENV_JUPYTER_PORT": ""},
        {"ENV_CONTAINER_UID": f"{os.getuid() or 1234}", "ENV_DB_PAGE_PORT": "8888"},  # who is not asked for has no port
    ],
)
def test_what_can_be_is_given_to_the_engine(clone: Clone, variables: dict[str, str]) -> None:
    said = clone.call("start.sh", "full-stack", **variables)

    assert said.code == 3
    assert ASKED_THE_ENGINE in said.err
    assert "expected" not in said.err


def test_all_that_is_wrong_is_said_at_once(clone: Clone) -> None:
    wrong = {"ENV_JUPYTER_PORT": "abc", "ENV_JUPYTER_MEMORY": "lots", "ENV_STACK_NAME": "A B", "ENV_DB_PORT": "0"}

    said = clone.call("start.sh", "dev", **wrong, ENV_JUPYTER_CPUS=f"{N_PROCESSORS + 1}", ENV_REDIS_PORT="8081")

    assert said.code == 3
    assert {line.split()[0] for line in said.err.splitlines()[1:]} == {*wrong, "ENV_JUPYTER_CPUS"}


def test_more_processors_than_the_engine_has_are_refused(clone: Clone) -> None:
    said = clone.call("start.sh", "standalone", ENV_JUPYTER_CPUS="2.5")

    assert said.code == 3
    assert "ENV_JUPYTER_CPUS is '2.5'; expected 2 or fewer" in said.err
    assert [line.split()[0] for line in said.asked] == ["info"]


@pytest.mark.parametrize(
    ("options", "variables", "names"),
    [
        (["full-stack"], {"ENV_JUPYTER_PORT": "6000"}, ["ENV_JUPYTER_PORT", "ENV_REDIS_PORT"]),
        (["dev"], {"ENV_DB_PORT": "8888"}, ["ENV_JUPYTER_PORT", "ENV_DB_PORT"]),
        (["full-stack", "--profile", "admin"], {"ENV_DB_PAGE_PORT": "6000"}, ["ENV_REDIS_PORT", "ENV_DB_PAGE_PORT"]),
        (
            ["full-stack", "--profile", "admin", "--profile", "proxy"],
            {"ENV_DB_PAGE_PORT": "9000", "ENV_PROXY_PORT": "9000"},
            ["ENV_DB_PAGE_PORT", "ENV_PROXY_PORT"],
        ),
    ],
)
def test_two_services_with_one_port_are_refused(
    clone: Clone, options: list[str], variables: dict[str, str], names: list[str]
) -> None:
    said = clone.call("start.sh", *options, **variables)

    assert said.code == 3
    assert said.err.splitlines()[1].startswith(f"  {' and '.join(names)} are '")
    assert said.asked == []


@pytest.mark.parametrize(
    "name",
    ["ENV_HOST_PROJECT_DIR", "ENV_HOST_HOOKS_DIR", "ENV_SECRETS_DIR", "ENV_PROXY_CERTIFICATES", "ENV_PROXY_CONFIG"],
)
def test_a_path_with_a_colon_is_refused(clone: Clone, name: str) -> None:
    path = clone.folder / "a:b"
    path.touch() if name == "ENV_PROXY_CONFIG" else path.mkdir()

    said = clone.call("start.sh", "full-stack", **{name: str(path)})

    assert said.code == 3
    (problem,) = said.err.splitlines()[1:]
    assert problem.startswith(f"  {name} is ")
    assert problem.endswith(" that is there, without a colon in its path")


@pytest.mark.parametrize("value", ["1", "TRUE", "on"])
def test_https_of_jupyterlab_behind_the_proxy_is_refused(clone: Clone, value: str) -> None:
    said = clone.call("start.sh", "full-stack", "--profile", "proxy", ENV_USE_HTTPS=value)

    assert said.code == 3
    assert f"ENV_USE_HTTPS is '{value}'; expected neither with --profile proxy" in said.err
    assert ASKED_THE_ENGINE in clone.call("start.sh", "full-stack", ENV_USE_HTTPS=value).err


def test_a_certificate_of_jupyterlab_behind_the_proxy_is_refused(clone: Clone) -> None:
    (clone.folder / "jupyter_pem").write_text("a certificate and its key")

    said = clone.call("start.sh", "dev", "--profile", "proxy", ENV_USE_HTTPS="0")

    assert said.code == 3
    assert f"'{clone.folder}/jupyter_pem' is there; expected neither with --profile proxy" in said.err
    assert ASKED_THE_ENGINE in clone.call("start.sh", "full-stack", "--profile", "admin").err


@pytest.mark.parametrize(
    "variables", [{"ENV_DB_USER": "reader"}, {"ENV_DB_READER": "dbadmin"}, {"ENV_DB_USER": "a", "ENV_DB_READER": "a"}]
)
def test_who_writes_and_who_reads_have_two_names(clone: Clone, variables: dict[str, str]) -> None:
    said = clone.call("start.sh", "full-stack", **variables)

    assert said.code == 3
    assert "ENV_DB_USER and ENV_DB_READER are" in said.err


def test_no_secret_is_said(clone: Clone) -> None:
    index = "https://user:hunter2@index.example/simple"
    (clone.folder / "db_password").write_text("hunter2")

    said = clone.call("start.sh", "full-stack", PIP_INDEX_URL=index, ENV_REDIS_PASSWORD="hunter2", ENV_JUPYTER_PORT="x")

    assert said.code == 3
    assert "hunter2" not in said.err


@pytest.mark.parametrize("arguments", [("stop.sh", "full-stack"), ("ssh.sh", "jupyter"), ("stop.sh", "--purge")])
def test_a_name_that_cannot_be_is_said_by_every_script(clone: Clone, arguments: tuple[str, ...]) -> None:
    engine = clone.folder / "docker"
    engine.write_text(ENGINE.replace("exit 1", "echo 28.0.0"))

    said = clone.call(*arguments, ENV_STACK_NAME="My Stack")

    assert said.code == 3
    assert f"{arguments[0]}: ENV_STACK_NAME is 'My Stack'; expected small letters" in said.err
