"""A TLS front before a plain server: a certificate of its own authority, bytes passed on both ways."""

from __future__ import annotations

import datetime as dt
import ipaddress
import selectors
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

__all__ = ["self_signed", "tls_front"]


@contextmanager
def tls_front(folder: Path, port: int, host: str = "127.0.0.1") -> Iterator[tuple[int, Path]]:
    """Yield a port that speaks TLS for the plain one, and the file of its authority, which vouches for `host`."""
    certificate, key = self_signed(folder, host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, context, port), daemon=True)
        thread.start()
        yield listener.getsockname()[1], certificate
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def self_signed(folder: Path, host: str = "127.0.0.1") -> tuple[Path, Path]:
    """Write a certificate for an address or a name that vouches for itself, and its key, and return their files."""
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([_general_name(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _serve(listener: socket.socket, context: ssl.SSLContext, port: int) -> None:
    while True:
        try:
            plain, _ = listener.accept()
        except OSError:  # the listener was shut down
            return
        threading.Thread(target=_pass_on, args=(plain, context, port), daemon=True).start()


def _pass_on(accepted: socket.socket, context: ssl.SSLContext, port: int) -> None:
    """Pass bytes both ways until one end closes; a client that does not trust the certificate leaves at once."""
    try:
        with (
            context.wrap_socket(accepted, server_side=True) as front,
            socket.create_connection(("127.0.0.1", port)) as back,
            selectors.DefaultSelector() as selector,
        ):
            selector.register(front, selectors.EVENT_READ, back)
            selector.register(back, selectors.EVENT_READ, front)
            while True:
                for ready, _ in selector.select():
                    content = ready.fileobj.recv(2**16)  # type: ignore[union-attr]  # both are sockets
                    if not content:
                        return
                    ready.data.sendall(content)
                    while isinstance(ready.fileobj, ssl.SSLSocket) and ready.fileobj.pending():
                        ready.data.sendall(ready.fileobj.recv(2**16))
    except OSError:
        return
