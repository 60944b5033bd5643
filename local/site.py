"""Upload the built site to the emulated bucket.

In production, CDK's BucketDeployment uploads the files. Its Lambda function needs the AWS CLI at a
fixed path, which the emulator doesn't have.
"""

import json
import mimetypes
from pathlib import Path
from typing import Any

import boto3

from local.settings import CDK_OUTPUTS, SITE_FILES, STACK

# File names under assets/ contain a hash of the content. Other names stay the same.
FOREVER = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"


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
