"""Encrypted sockets that are closed when their server is gone before they begin."""

from __future__ import annotations

import errno
import ssl

__all__ = ["with_closed_sockets"]


class _Socket(ssl.SSLSocket):
    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        """Return bytes; Python asks for one before the handshake where the connection is reset, and closes nothing."""
        try:
            return super().recv(buflen, flags)
        except OSError as exc:
            if self._sslobj is None and exc.errno not in {errno.ENOTCONN, errno.EINVAL}:  # type: ignore[attr-defined]
                self.close()
            raise


def with_closed_sockets(context: ssl.SSLContext) -> ssl.SSLContext:
    """Return `context`, whose sockets will not be left open by a connection that is reset at its beginning."""
    context.sslsocket_class = _Socket
    return context
