"""What holds for every test: workers do not meet, and with CI=true nothing is skipped, for there everything must be."""

from __future__ import annotations

import logging
import os
from collections.abc import Generator, Iterator

import coverage
import pytest

CI = os.environ.get("CI") == "true"
WORKER = os.environ.get("PYTEST_XDIST_WORKER")
LONGEST = ("test_cold.py", "test_readme.py")

if WORKER and "ENV_DATA_DIR" in os.environ:
    os.environ["ENV_DATA_DIR"] += f"/{WORKER}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files whose fixtures take longest: at the end two workers would share, and set them up twice."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


def pytest_sessionfinish() -> None:
    """Write down what a worker has covered: one that is slow to end is killed, and would take it along."""
    measuring = coverage.Coverage.current() if WORKER else None
    if measuring is not None:
        measuring.save()


@pytest.fixture(autouse=True)
def logger_as_a_program_finds_it() -> Iterator[None]:
    """Give each test the logger of pycore without the level and the handlers that another test asked for."""
    logger = logging.getLogger("pycore")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)
    yield
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Report a test that was skipped as failed where nothing may be skipped."""
    report = yield
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{reason}\nWith CI=true nothing is skipped: provide what is missing."
    return report
