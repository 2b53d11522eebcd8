"""What holds for every image: who runs it, what it says of itself, how its health is known, and what it is made of."""

from __future__ import annotations

import json
from typing import Any

import pytest
from suites.containers import ROOT, docker

IMAGES = ("redis-server", "stocksdb", "jupyter")
GB = 10**9


@pytest.fixture(params=IMAGES)
def image(request: pytest.FixtureRequest) -> dict[str, Any]:
    """All that the engine knows of one image that was built from the tree."""
    tag = request.getfixturevalue(f"{request.param.split('-')[0]}_image")
    found: list[dict[str, Any]] = json.loads(docker("image", "inspect", tag).out)
    return found[0]


def test_its_user_is_a_number_and_not_root(image: dict[str, Any]) -> None:
    user, _, group = image["Config"]["User"].partition(":")

    assert int(user) > 0
    assert group.isdigit()


def test_it_knows_of_its_health(image: dict[str, Any]) -> None:
    assert image["Config"]["Healthcheck"]["Test"][0] == "CMD"


def test_it_says_what_it_is(image: dict[str, Any]) -> None:
    labels = image["Config"]["Labels"]

    for name in ("title", "description", "licenses", "version"):
        assert labels[f"org.opencontainers.image.{name}"]
    assert labels["org.opencontainers.image.title"].startswith("sci-pype ")


def test_its_environment_names_files_of_secrets_and_no_secret(image: dict[str, Any]) -> None:
    named = [entry.partition("=") for entry in image["Config"]["Env"]]

    assert [name for name, _, value in named if "PASSWORD" in name and not value.startswith("/run/secrets/")] == []


def test_it_is_small(image: dict[str, Any]) -> None:
    assert image["Size"] <= 1.2 * GB


@pytest.mark.parametrize("name", IMAGES)
def test_it_is_made_of_nothing_that_has_to_be_fetched_to_be_read(name: str) -> None:
    lines = (ROOT / "containerfiles" / name / "Containerfile").read_text().splitlines()

    assert not lines[0].startswith("# syntax=")
    assert all("@sha256:" not in line and "/" not in line for line in lines if line.startswith("FROM "))


def test_the_engine_is_sent_only_what_images_are_made_of() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]

    assert rules[0] == "*"
    assert {rule for rule in rules if rule.startswith("!")}.isdisjoint({"!data", "!.git", "!.venv", "!tests"})
