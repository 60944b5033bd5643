"""Upload the built site to the emulated bucket, and detect if it must be built again.

In production, CDK's BucketDeployment uploads the files. Its Lambda function needs the AWS CLI at a
fixed path, which the emulator doesn't have.
"""

import contextlib
import hashlib
import json
import mimetypes
import os
from pathlib import Path
from typing import Any

import boto3

from local.settings import CDK_OUTPUTS, SITE_FILES, STACK, WEB

BUILT_FROM = WEB / "node_modules" / ".built-from"
NOT_SOURCES = {"node_modules", "dist"}

# File names under assets/ contain a hash of the content. Other names stay the same.
FOREVER = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"


def hash_sources() -> str:
    """Return one hash of everything that the site is built from."""
    total = hashlib.sha256()
    for folder, folders, files in os.walk(WEB):
        folders[:] = sorted(name for name in folders if name not in NOT_SOURCES)
        for path in sorted(Path(folder) / name for name in files):
            total.update(f"{path.relative_to(WEB).as_posix()}\0".encode())
            total.update(path.read_bytes())
    return total.hexdigest()


def is_built_from(state: str) -> bool:
    """Return whether the built site matches these sources."""
    with contextlib.suppress(OSError):
        return (SITE_FILES / "index.html").exists() and BUILT_FROM.read_text() == state
    return False


def mark_built_from(state: str) -> None:
    """Record the sources of the built site."""
    BUILT_FROM.write_text(state)


def upload(bucket: str, config: str) -> int:
    """Upload the built site and `/config.json`. Return the number of files."""
    s3 = boto3.client("s3")
    files = sorted(path for path in SITE_FILES.rglob("*") if path.is_file())
    for path in files:
        key = path.relative_to(SITE_FILES).as_posix()
        s3.put_object(
            Bucket=bucket,
            Key=key,
            Body=path.read_bytes(),
            ContentType=content_type(path),
            CacheControl=FOREVER if key.startswith("assets/") else REVALIDATE,
        )
    upload_config(s3, bucket, config)
    return len(files) + 1


def upload_config(s3: Any, bucket: str, config: str) -> None:
    """Upload `/config.json`. Invalid JSON fails here, not in a browser."""
    json.loads(config)
    s3.put_object(
        Bucket=bucket,
        Key="config.json",
        Body=config.encode(),
        ContentType="application/json",
        CacheControl=REVALIDATE,
    )


def bucket() -> str:
    """Return the name of the emulated bucket of the site."""
    outputs = json.loads(CDK_OUTPUTS.read_text())
    return outputs[STACK]["SiteBucket"]


def content_type(path: Path) -> str:
    """Return the value of a file's Content-Type header."""
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    text = kind.startswith("text/") or kind in {"application/javascript", "application/json"}
    return f"{kind}; charset=utf-8" if text else kind
