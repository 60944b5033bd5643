"""A server with HTTPS for made-up names, which this process then reaches on port 443."""

import datetime
import socket
import ssl
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from operations import web
from tests.support.http_server import running


def certificate(names: list[str]) -> tuple[bytes, bytes]:
    """Return a self-signed certificate for these names, and its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return signed.public_bytes(serialization.Encoding.PEM), private


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing if a client refuses the certificate."""


@contextmanager
def serving_https(
    handler: type[BaseHTTPRequestHandler], names: list[str], *, certified: list[str], folder: Path
) -> Generator[None]:
    """Serve `names` on port 443, as far as this process is concerned, until the end of the block.

    `certified` are the names of the certificate, which `operations.web` trusts.
    """
    file = folder / "certificate.pem"
    file.write_bytes(b"".join(certificate(certified)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server = _Server(("127.0.0.1", 0), handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    real = socket.getaddrinfo

    def resolve(host: Any, port: Any, *rest: Any, **options: Any) -> Any:
        if host in names:
            return real("127.0.0.1", server.server_port, *rest, **options)
        return real(host, port, *rest, **options)

    with running(server), pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", resolve)
        trusting = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=str(file)))
        every_status = web._EveryStatus  # pyright: ignore[reportPrivateUsage]
        patch.setattr(web, "_opener", urllib.request.build_opener(every_status, trusting))
        yield
