"""The only package that imports redis: connections, scripts, and redis' errors made ours."""

from __future__ import annotations

from pycore.cache.redis.replies import read_texts
from pycore.cache.redis.scripts import run_script, with_script
from pycore.cache.redis.server import BLOCK_S, Server

__all__ = ["BLOCK_S", "Server", "read_texts", "run_script", "with_script"]
