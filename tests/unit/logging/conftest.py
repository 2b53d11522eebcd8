"""A logger of pycore as it was before the test."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def logger_as_before() -> Iterator[None]:
    logger = logging.getLogger("pycore")
    handlers, level = list(logger.handlers), logger.level
    yield
    for added in [each for each in logger.handlers if each not in handlers]:
        logger.removeHandler(added)
    logger.setLevel(level)
