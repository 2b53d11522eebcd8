"""A certificate that vouches for itself: nobody on the way reads along, unless he stands in between from the first."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import socket
from pathlib import Path

__all__ = ["self_signed"]

_LIFE = dt.timedelta(days=365)
_SOON = dt.timedelta(days=30)


def self_signed(file: Path) -> Path:
    """Return `file` with a certificate for this machine and its key, made unless it is valid for a month more."""
    from cryptography import x509

    now = dt.datetime.now(dt.UTC)
    try:
        kept = x509.load_pem_x509_certificate(file.read_bytes())
    except (FileNotFoundError, ValueError):
        kept = None
    if kept is None or kept.not_valid_after_utc - now < _SOON:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(_made(now))
    return file


def _made(now: dt.datetime) -> bytes:
    """Return a new certificate and its key, as PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    host = socket.gethostname()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    known_as: list[x509.GeneralName] = [x509.DNSName(known) for known in dict.fromkeys((host, "localhost"))]
    known_as.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))  # clocks differ
        .not_valid_after(now + _LIFE)
        .add_extension(x509.SubjectAlternativeName(known_as), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return certificate.public_bytes(pem) + private
