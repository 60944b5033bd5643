"""Modules that libraries import at the top and that requests rarely or never use.

Loading them was a sixth of a cold start. Here, importing one yields a placeholder. It loads the
module when a function of it is called, or an attribute that isn't listed is read. A module that a
library starts to use therefore works, and only loads later.

Python 3.15 has this as syntax and as a filter: https://peps.python.org/pep-0810/
"""

import sys
from collections.abc import Mapping
from functools import partial
from importlib import import_module
from importlib.machinery import ModuleSpec
from operator import attrgetter
from threading import Lock
from types import ModuleType
from typing import Any, Final

EVENTS: Final = "aws_lambda_powertools.utilities.data_classes"
"""Powertools' classes for the events of all AWS services. Our functions get API Gateway's."""

LAZY: Final[Mapping[str, tuple[str, ...]]] = {
    "asyncio": (),  # Powertools, for AppSync
    "aws_lambda_powertools.event_handler.appsync": ("AppSyncResolver",),
    "aws_lambda_powertools.event_handler.bedrock_agent_function": (
        "BedrockAgentFunctionResolver",
        "BedrockFunctionResponse",
    ),
    "aws_lambda_powertools.metrics": ("EphemeralMetrics", "Metrics", "single_metric"),
    "aws_lambda_powertools.tracing": ("Tracer",),
    "aws_lambda_powertools.utilities.jmespath_utils": (),  # Powertools' logger, for events
    f"{EVENTS}.aws_config_rule_event": ("AWSConfigRuleEvent",),
    f"{EVENTS}.code_pipeline_job_event": ("CodePipelineJobEvent",),
    f"{EVENTS}.connect_contact_flow_event": ("ConnectContactFlowEvent",),
    f"{EVENTS}.dynamo_db_stream_event": ("DynamoDBStreamEvent",),
    f"{EVENTS}.kafka_event": ("KafkaEvent",),
    f"{EVENTS}.kinesis_firehose_event": (
        "KinesisFirehoseDataTransformationRecord",
        "KinesisFirehoseDataTransformationRecordMetadata",
        "KinesisFirehoseDataTransformationResponse",
        "KinesisFirehoseEvent",
    ),
    f"{EVENTS}.kinesis_stream_event": ("KinesisStreamEvent",),
    f"{EVENTS}.s3_batch_operation_event": (
        "S3BatchOperationEvent",
        "S3BatchOperationResponse",
        "S3BatchOperationResponseRecord",
    ),
    f"{EVENTS}.s3_event": ("S3Event", "S3EventBridgeNotificationEvent"),
    f"{EVENTS}.ses_event": ("SESEvent",),
    f"{EVENTS}.sqs_event": ("SQSEvent", "SQSRecord"),
    "botocore.client": ("ClientError",),  # PynamoDB, for a client that `_pynamodb.py` replaces
    "botocore.config": (),  # PynamoDB
    "botocore.session": ("Session", "get_session"),  # PynamoDB
    "cryptography.hazmat.primitives.serialization.ssh": (  # PyJWT, for keys in OpenSSH's format
        "SSHCertPrivateKeyTypes",
        "SSHCertPublicKeyTypes",
        "SSHCertificate",
        "SSHCertificateBuilder",
        "SSHCertificateType",
        "SSHPrivateKeyTypes",
        "SSHPublicKeyTypes",
        "load_ssh_private_key",
        "load_ssh_public_identity",
        "load_ssh_public_key",
        "ssh_key_fingerprint",
    ),
    "cryptography.x509": (),  # PyJWT, for keys in certificates
    "importlib.metadata": ("entry_points", "version"),  # pydantic, for plugins; urllib3, for HTTP/2
    "pynamodb.connection._botocore_private": ("BotocoreBaseClientPrivate",),  # in annotations
    "zipfile": (),  # Powertools, for CodePipeline
}
"""The modules, each with the names that libraries import from it: functions and classes that they
only call, or see `ELSEWHERE`."""

ELSEWHERE: Final = {
    ("botocore.client", "ClientError"): ("botocore.exceptions", "ClientError"),
    # PyJWT refuses a certificate as an HMAC key.
    ("cryptography.x509", "load_der_x509_certificate"): (
        "cryptography.hazmat.bindings._rust",
        "x509.load_der_x509_certificate",
    ),
}
"""Names that a module only passes on, with the module that has them, which is loaded at once."""


class _Placeholder(ModuleType):
    """A module that isn't loaded yet. After that, it passes on what the module has."""

    def __getattr__(self, name: str) -> Any:
        names = LAZY[self.__name__]
        if self.__name__ not in _finder.loaded:
            if home := ELSEWHERE.get((self.__name__, name)):
                return attrgetter(home[1])(import_module(home[0]))
            if name in names:
                return partial(self._call, name)
            if name == "__path__" and names:  # `from module import name` looks for submodules.
                raise AttributeError(name)
        return getattr(self._load(), name)

    def _call(self, function: str, *arguments: Any, **named: Any) -> Any:
        return getattr(self._load(), function)(*arguments, **named)

    def _load(self) -> ModuleType:
        with _finder.lock:  # Another thread may load it now.
            if self.__name__ not in _finder.loaded:
                _finder.loaded.add(self.__name__)
                del sys.modules[self.__name__]
        return import_module(self.__name__)


class _Finder:
    """The first finder of Python's import system, and the loader of what it finds.

    https://docs.python.org/3/reference/import.html#the-meta-path
    """

    def __init__(self) -> None:
        self.loaded: set[str] = set()
        self.lock = Lock()

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return how to load a lazy module, or None for others, which the next finder finds."""
        del path, target
        is_lazy = name in LAZY and name not in self.loaded
        return ModuleSpec(name, self) if is_lazy else None  # pyright: ignore[reportArgumentType]

    def create_module(self, spec: ModuleSpec) -> None:
        """Let Python create an empty module."""

    def exec_module(self, module: ModuleType) -> None:
        """Make the empty module a placeholder."""
        module.__class__ = _Placeholder


_finder: Final = _Finder()


def enable() -> None:
    """Make imports of `LAZY` lazy from now on, unless they are loaded already."""
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)  # pyright: ignore[reportArgumentType]


def loaded() -> set[str]:
    """Return which modules of `LAZY` are loaded."""
    return {
        name
        for name in LAZY
        if name in sys.modules and not isinstance(sys.modules[name], _Placeholder)
    }
