"""How JupyterLab is reached: what the variables say, and what becomes of it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from cryptography import x509

from pycore.config import Config, load
from pycore.exceptions import ConfigError
from pycore.local.certificate import self_signed
from pycore.local.serving import Serving


def config(**variables: str) -> Config:
    return load("NoApps", environ=variables)


def mode(file: Path) -> int:
    return file.stat().st_mode & 0o777


def test_without_a_word_it_is_on_the_loopback_by_http(tmp_path: Path) -> None:
    serving = Serving.of(config(), tmp_path)

    assert serving == Serving()
    assert serving.address(8888) == "http://127.0.0.1:8888"
    assert not [option for option in serving.options() if "ServerApp" in option]
    assert serving.environment() == {}
    assert list(tmp_path.iterdir()) == []


def test_elsewhere_it_answers_whatever_name_it_is_called_by(tmp_path: Path) -> None:
    serving = Serving.of(config(ENV_JUPYTER_IP="0.0.0.0"), tmp_path)

    assert serving.address(8888) == "http://127.0.0.1:8888"
    assert {"--ServerApp.ip=0.0.0.0", "--ServerApp.allow_remote_access=True"} < set(serving.options())


def test_an_address_of_its_own_is_asked_there() -> None:
    assert Serving(ip="192.0.2.7").address(1) == "http://192.0.2.7:1"
    assert Serving(ip="::1").address(1) == "http://[::1]:1"
    assert Serving(ip="::").address(1) == "http://127.0.0.1:1"


@pytest.mark.parametrize("text", ["team/lab", "/team/lab", "/team/lab/", "team/lab/"])
def test_a_path_is_taken_with_and_without_slashes(tmp_path: Path, text: str) -> None:
    serving = Serving.of(config(ENV_JUPYTER_BASE_URL=text), tmp_path)

    assert "--ServerApp.base_url=/team/lab/" in serving.options()
    assert serving.address(1) == "http://127.0.0.1:1/team/lab"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ENV_JUPYTER_IP", "everywhere"),
        ("ENV_JUPYTER_BASE_URL", "https://example.org/"),
        ("ENV_JUPYTER_BASE_URL", "/a b/"),
        ("ENV_USE_HTTPS", "perhaps"),
        ("ENV_JUPYTER_PEM_FILE", "/nowhere/jupyter.pem"),
        ("ENV_JUPYTER_PASSWORD_FILE", "/nowhere/password"),
    ],
)
def test_what_cannot_be_done_is_refused_by_the_name_of_its_variable(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Serving.of(config(**{name: text}), tmp_path)


def test_an_empty_password_is_none(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("\n")

    with pytest.raises(ConfigError, match="is empty"):
        Serving.of(config(ENV_JUPYTER_PASSWORD_FILE=str(tmp_path / "password")), tmp_path)


def test_a_password_is_kept_as_a_hash_for_its_owner(tmp_path: Path) -> None:
    (tmp_path / "given").write_text("a password\n")

    serving = Serving.of(config(ENV_JUPYTER_PASSWORD_FILE=str(tmp_path / "given")), tmp_path)

    assert serving.password is not None
    file = serving.password / "jupyter_config.json"
    assert serving.environment() == {"JUPYTER_CONFIG_PATH": str(file.parent)}
    assert json.loads(file.read_text())["PasswordIdentityProvider"]["hashed_password"].startswith("argon2:")
    assert "a password" not in file.read_text()
    assert (mode(file), mode(file.parent)) == (0o600, 0o700)
    assert not [option for option in serving.options() if "argon2" in option]


def test_a_theme_is_added_to_what_users_may_override(tmp_path: Path) -> None:
    for given, theme in (("Dark", "JupyterLab Dark"), ("Solar", "Solar")):
        serving = Serving.of(config(ENV_JUPYTER_THEME=given), tmp_path)
        settings = json.loads((serving.settings / "overrides.json").read_text())
        assert settings["@jupyterlab/apputils-extension:themes"] == {"theme": theme}
        assert "@jupyterlab/apputils-extension:notification" in settings


def test_a_certificate_of_ones_own_goes_before_one_that_is_made(tmp_path: Path) -> None:
    own = self_signed(tmp_path / "own.pem")

    serving = Serving.of(config(ENV_JUPYTER_PEM_FILE=str(own), ENV_USE_HTTPS="1"), tmp_path)

    assert serving.certificate == own
    assert serving.address(1) == "https://127.0.0.1:1"


def test_a_certificate_is_made_once_for_a_year_and_for_its_owner(tmp_path: Path) -> None:
    first = Serving.of(config(ENV_USE_HTTPS="1"), tmp_path).certificate
    assert first is not None
    content = first.read_bytes()

    assert Serving.of(config(ENV_USE_HTTPS="1"), tmp_path).certificate == first
    assert first.read_bytes() == content
    assert mode(first) == 0o600
    left = x509.load_pem_x509_certificate(content).not_valid_after_utc - dt.datetime.now(dt.UTC)
    assert dt.timedelta(days=364) < left <= dt.timedelta(days=365)


@pytest.mark.parametrize("content", [b"", b"no certificate"])
def test_a_file_that_holds_none_is_written_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "jupyter.pem").write_bytes(content)

    assert b"PRIVATE KEY" in self_signed(tmp_path / "jupyter.pem").read_bytes()
