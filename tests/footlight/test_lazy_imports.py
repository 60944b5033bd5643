"""Lazy imports: libraries see no difference, except that a module loads later."""

import os
import subprocess
import sys

import pytest

from infra.building import ROOT

BEGIN = """
import importlib, sys
sys.modules["OpenSSL"] = None  # for moto only; the layer doesn't have it
from footlight import lazy_imports
"""


def run(program: str) -> str:
    """Run a program in a process that has loaded no library. Return its output."""
    result = subprocess.run(
        [sys.executable, "-c", BEGIN + program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_a_module_loads_when_an_attribute_is_read_and_is_the_real_one_then() -> None:
    output = run("""
for name in lazy_imports.LAZY:
    if name in lazy_imports.loaded():  # another one of them has loaded it
        continue
    lazy = importlib.import_module(name)
    assert name not in lazy_imports.loaded()
    assert lazy.__doc__ is None
    lazy.__file__
    assert name in lazy_imports.loaded()
    real = sys.modules[name]
    assert real is not lazy
    for attribute in vars(real):
        if attribute not in {*vars(lazy), "__annotations__"}:  # each module object has its own
            assert getattr(lazy, attribute) is getattr(real, attribute), attribute
print(sorted(lazy_imports.loaded()) == sorted(lazy_imports.LAZY))
""")
    assert output == "True"


@pytest.mark.parametrize(
    ("program", "loaded"),
    [
        ("from importlib.metadata import version", None),
        ("from importlib.metadata import version; version('pydantic')", "importlib.metadata"),
        ("import importlib.metadata; importlib.metadata.files('pydantic')", "importlib.metadata"),
        ("import asyncio", None),
        ("import asyncio.events; asyncio.events.AbstractEventLoop", "asyncio"),
        ("from asyncio import sleep; asyncio = sleep(0); asyncio.close()", "asyncio"),
        ("from botocore.session import get_session", None),
        ("from botocore.session import get_session; get_session()", "botocore.session"),
        (
            "from botocore import client, exceptions\n"
            "assert client.ClientError is exceptions.ClientError",
            None,
        ),
        ("from aws_lambda_powertools import Logger; Logger()", None),
        ("from aws_lambda_powertools.event_handler import APIGatewayHttpResolver", None),
        (
            "from aws_lambda_powertools.utilities.data_classes import SQSEvent\n"
            "assert SQSEvent({'a': 1})['a'] == 1",
            "aws_lambda_powertools.utilities.data_classes.sqs_event",
        ),
        (
            "from aws_lambda_powertools.metrics import MetricUnit; MetricUnit.Count",
            "aws_lambda_powertools.metrics",
        ),
        ("import jwt", None),
        ("import zipfile", None),
        ("import zipfile; zipfile.ZipFile", "zipfile"),
    ],
)
def test_an_import_of_any_form_loads_only_what_is_used(program: str, loaded: str | None) -> None:
    output = run(f"{program}\nprint(*lazy_imports.loaded())")
    assert (loaded in output.split()) if loaded else output == ""


def test_two_threads_load_a_module_once() -> None:
    output = run("""
import asyncio, threading
found = []
def use() -> None:
    found.append(asyncio.Event)
threads = [threading.Thread(target=use) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(found), len(set(found)))
""")
    assert output == "8 1"


def test_pyjwt_refuses_a_certificate_as_an_hmac_key() -> None:
    output = run("""
from datetime import datetime, timedelta
import jwt
def encoded(key):
    try:
        return bool(jwt.encode({}, key, algorithm="HS256"))
    except jwt.InvalidKeyError:
        return "refused"
print(encoded(b"a-secret-that-is-long-enough-for-livekit"), *lazy_imports.loaded())

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ann")])
now = datetime(2026, 1, 1)
builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
der = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
print(encoded(der), *lazy_imports.loaded())
print(der.hex())
""")
    secret, certificate, der = output.splitlines()
    assert secret == "True"
    assert certificate == "refused cryptography.x509"
    again = run(f"""
import jwt
try:
    jwt.encode({{}}, bytes.fromhex("{der}"), algorithm="HS256")
except jwt.InvalidKeyError:
    print("refused")
""")
    assert again == "refused"


def test_every_listed_name_exists() -> None:
    """A name that a library has renamed would be a function that fails when it is called."""
    output = run("""
for name, functions in lazy_imports.LAZY.items():
    importlib.import_module(name).__file__
    for function in functions:
        assert hasattr(sys.modules[name], function), (name, function)
for (name, passed), (home, path) in lazy_imports.ELSEWHERE.items():
    real = importlib.import_module(home)
    for part in path.split("."):
        real = getattr(real, part)
    assert getattr(sys.modules[name], passed) is real
print("checked")
""")
    assert output == "checked"
