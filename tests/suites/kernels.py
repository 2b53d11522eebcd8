"""A kernel of a JupyterLab wherever that is, asked through its websocket as a page does."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import websocket  # a part of jupyter_server

__all__ = ["answer", "kernel_channel"]

_TIMEOUT_S = 30.0


@contextmanager
def kernel_channel(url: str, token: str) -> Iterator[websocket.WebSocket]:
    """Start a kernel of the JupyterLab at `url`, which may have a path, and yield the websocket to it; end both."""
    headers = {"Authorization": f"token {token}"}
    with httpx.Client(base_url=url, headers=headers, timeout=_TIMEOUT_S, trust_env=False) as client:
        kernel = client.post("/api/kernels", json={}).raise_for_status().json()["id"]
        address = f"ws{url.removeprefix('http')}/api/kernels/{kernel}/channels"
        channel = websocket.create_connection(address, header=headers, timeout=_TIMEOUT_S)
        try:
            yield channel
        finally:
            channel.shutdown()  # type: ignore[no-untyped-call]  # without types
            assert client.delete(f"/api/kernels/{kernel}").status_code in {204, 404}  # a new JupyterLab knows it not


def answer(channel: websocket.WebSocket, code: str) -> str:
    """Return what a kernel shows as the result of `code`."""
    question = secrets.token_hex(8)
    header = {"msg_id": question, "msg_type": "execute_request", "username": "", "session": question, "version": "5.4"}
    content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False, "stop_on_error": True}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    channel.send(json.dumps(message))
    while True:
        said: dict[str, Any] = json.loads(channel.recv())
        if said["parent_header"].get("msg_id") != question:
            continue
        assert said["msg_type"] != "error", said["content"]
        if said["msg_type"] == "execute_result":
            return str(said["content"]["data"]["text/plain"])
