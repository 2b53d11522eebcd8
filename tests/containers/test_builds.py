"""Images built where the network is another than everybody's: none at all, or an index with its own authority."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from suites.clone import copied_to
from suites.containers import Finished, docker
from suites.package_index import PackageIndex, package_index
from suites.redis_server import free_port
from suites.stack import Stack
from suites.tls_front import self_signed, tls_front

BUILD_TIMEOUT_S = 1200.0
BASE = "python:3.13-slim-trixie"
TAG = "sci-pype-test-build"


@pytest.fixture(scope="module")
def fetched(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone whose packages have been fetched for a build without a network."""
    del engine
    clone = copied_to(tmp_path_factory.mktemp("fetched") / "clone")
    subprocess.run([clone / "scripts" / "fetch-packages.sh"], check=True, capture_output=True, timeout=BUILD_TIMEOUT_S)
    return clone


@pytest.fixture
def clone(fetched: Path, tmp_path: Path) -> Path:
    """The same clone with none of what was fetched."""
    clone = tmp_path / "clone"
    shutil.copytree(fetched, clone, ignore=shutil.ignore_patterns("*.whl", "*.deb"))
    return clone


@pytest.fixture
def index(fetched: Path) -> Iterator[PackageIndex]:
    with package_index(fetched / "containerfiles" / "wheels") as index:
        yield index


def build(clone: Path, *options: str) -> Finished:
    """Build the image jupyter of a clone."""
    words = (
        "build",
        "--progress",
        "plain",
        *options,
        "-f",
        str(clone / "containerfiles" / "jupyter" / "Containerfile"),
    )
    return docker(*words, str(clone), timeout_s=BUILD_TIMEOUT_S)


def test_an_image_is_built_without_a_network_from_what_was_fetched(fetched: Path) -> None:
    assert (fetched / "containerfiles" / "debs").stat().st_uid == os.getuid()
    try:
        built = build(fetched, "--network", "none", "-t", TAG)

        assert built.code == 0, built.err[-4000:]
        ran = docker(
            "run",
            "--rm",
            "--network",
            "none",
            "--entrypoint",
            "sh",
            TAG,
            "-c",
            "redis-server --version && pycore --version",
        )
        assert ran.code == 0, ran.err
        assert ran.out.startswith("Redis server")
    finally:
        docker("rmi", "--force", TAG)


def test_without_a_network_and_without_packages_it_fails(clone: Path) -> None:
    built = build(clone, "--network", "none", "--no-cache", "--target", "packages")

    assert built.code != 0
    assert "ERROR" in built.err


def test_a_folder_that_lacks_a_debian_package_fails_and_leaves_none_out(clone: Path, fetched: Path) -> None:
    (one,) = (fetched / "containerfiles" / "debs").glob("liblzf1_*.deb")
    shutil.copy(one, clone / "containerfiles" / "debs")
    script = ("bash", "/build/install-debian-packages.sh", "redis-server", "tini")

    failed = docker("run", "--rm", "--network", "none", "-v", f"{clone}/containerfiles:/build:ro", BASE, *script)

    assert failed.code != 0
    assert "tini" in failed.err


def test_an_index_of_ones_own_is_trusted_by_its_certificate(index: PackageIndex, clone: Path, tmp_path: Path) -> None:
    with tls_front(tmp_path / "authority", index.port, "localhost") as (port, certificate):
        asking = (
            "--network",
            "host",
            "--target",
            "packages",
            "--build-arg",
            f"PIP_INDEX_URL=https://localhost:{port}/simple",
        )
        refused = build(clone, *asking)
        asked_in_vain = list(index.asked)
        # Two of them, and as some editors leave them: without a newline at the end.
        for name, file in (("authority", certificate), ("another", self_signed(tmp_path / "another")[0])):
            (clone / "containerfiles" / "certificates" / f"{name}.crt").write_text(file.read_text().rstrip())

        built = build(clone, *asking)

    assert refused.code != 0
    assert "CERTIFICATE_VERIFY_FAILED" in refused.err
    assert asked_in_vain == []
    assert built.code == 0, built.err[-4000:]
    assert {"/simple/pandas/", "/simple/redis/"} <= set(index.asked)


def test_the_proxy_of_the_environment_is_that_of_the_build(engine: None, tmp_path: Path) -> None:
    del engine
    nobody = f"http://127.0.0.1:{free_port()}"
    stack = Stack.of("standalone", tmp_path, HTTPS_PROXY=nobody, PIP_INDEX_URL="https://index.invalid/simple")

    failed = stack.script("start.sh", "standalone", "--build")

    assert failed.code == 4
    assert "Cannot connect to proxy" in failed.err
    assert stack.volumes() == []
