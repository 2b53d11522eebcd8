"""Addresses as logs, errors and caches may show them."""

from __future__ import annotations

from urllib.parse import urlsplit

__all__ = ["shown"]


def shown(address: str) -> str:
    """Return an address without user, password, query and fragment: keys tend to stand there.

    Examples
    --------
    >>> shown("https://me:secret@example.org:8443/daily?apikey=secret")
    'https://example.org:8443/daily'
    """
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
