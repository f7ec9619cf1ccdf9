"""Whole blobs in an S3 bucket, or in one of a store that speaks like it: `PREFIX/ab/abcdef...`, as in the folder.

The keys come from where botocore looks for them (the environment, `~/.aws`, the machine's role), and stand in no text
from here.
"""

import base64
import ipaddress
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from botocore.session import Session

from app.service.blob_store import StoredBlob
from app.service.errors import BlobStoreError, NoBlobError

_ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/([A-Za-z0-9._/-]*))?")
_NAME = re.compile(r"[0-9a-f]{64}")
_NO_KEYS = (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError)
_REFUSED = {"403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"}
_CONNECTING: dict[str, Any] = {
    "connect_timeout": 5,
    "read_timeout": 20,
    "retries": {"mode": "standard", "total_max_attempts": 2},
    "max_pool_connections": 16,
    # Not every store knows Amazon's newer checksums; each blob is sent with its SHA-256, and verified by who reads it.
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}


def open_bucket(address: str, endpoint: str | None) -> "BlobBucket":
    """The bucket at `s3://BUCKET[/PREFIX]`. Nothing is asked of it yet. Raises `BlobStoreError`."""
    read = _ADDRESS.fullmatch(address)
    if read is None or ".." in address:
        raise BlobStoreError("its address is written s3://BUCKET or s3://BUCKET/PREFIX, without keys")
    if endpoint is not None and not _is_safe(endpoint):
        raise BlobStoreError("its endpoint must start with https://, or with http:// where it runs on this machine")
    style = {"s3": {"addressing_style": "path"}} if endpoint else {}  # names of buckets are no hosts there
    try:
        client = Session().create_client("s3", endpoint_url=endpoint, config=Config(**_CONNECTING, **style))
    except (BotoCoreError, ValueError) as error:
        raise BlobStoreError(f"it cannot be set up ({type(error).__name__})") from error
    return BlobBucket(client, bucket=read[1], prefix=(read[2] or "").strip("/"))


class BlobBucket:
    """A bucket. A store (see `BlobStore`)."""

    def __init__(self, client: Any, *, bucket: str, prefix: str) -> None:
        """`client` is botocore's, for S3; it may be used from any thread."""
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""

    def try_out(self) -> None:
        """Write something, read it and remove it."""
        key = f"{self._prefix}try-{secrets.token_hex(8)}"
        with self._told():
            self._client.put_object(Bucket=self._bucket, Key=key, Body=b"Bistand was here.")
            self._client.get_object(Bucket=self._bucket, Key=key)["Body"].close()
            self._client.delete_object(Bucket=self._bucket, Key=key)

    def check(self) -> None:
        """Whether the bucket answers."""
        with self._told():
            self._client.head_bucket(Bucket=self._bucket)

    def keep(self, sha256: str, file: Path) -> None:
        """Send the file, read from the disk as it goes. It is there whole or not at all."""
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
        with self._told(), file.open("rb") as body:
            self._client.put_object(Bucket=self._bucket, Key=self._key(sha256), Body=body, ChecksumSHA256=checksum)

    def read(self, sha256: str, start: int, size: int) -> bytes:
        """So many bytes from there on."""
        part = {"Range": f"bytes={start}-{start + size - 1}"} if size else {}
        with self._told():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=self._key(sha256), **part)
            except self._client.exceptions.NoSuchKey:
                raise NoBlobError(sha256) from None
            with answer["Body"] as body:
                content: bytes = body.read()
        if len(content) != size:
            raise BlobStoreError(f"{self._key(sha256)} is not as long as it was")
        return content

    def size(self, sha256: str) -> int:
        """How many bytes it has."""
        with self._told():
            try:
                answer = self._client.head_object(Bucket=self._bucket, Key=self._key(sha256))
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") != "404":  # an answer without a body names no reason
                    raise
                raise NoBlobError(sha256) from None
            return int(answer["ContentLength"])

    def remove(self, sha256: str) -> None:
        """Have it gone."""
        with self._told():
            self._client.delete_object(Bucket=self._bucket, Key=self._key(sha256))

    def listing(self) -> Iterator[StoredBlob]:
        """All that are there."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
        with self._told():
            for page in pages:
                for found in page.get("Contents", ()):
                    name = found["Key"].rpartition("/")[2]
                    if _NAME.fullmatch(name) and found["Key"] == self._key(name):
                        yield StoredBlob(name, found["Size"])

    def _key(self, sha256: str) -> str:
        return f"{self._prefix}{sha256[:2]}/{sha256}"

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, HTTPClientError, ClientError, OSError) as error:
            raise BlobStoreError(self._why(error)) from error

    def _why(self, error: Exception) -> str:
        if isinstance(error, _NO_KEYS):
            return (
                "there are no keys for it. They are looked for in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in "
                "~/.aws/credentials, and in the machine's role"
            )
        place = urlsplit(str(self._client.meta.endpoint_url)).netloc
        if not isinstance(error, ClientError):
            return f"{place} does not answer ({type(error).__name__})"
        code = str(error.response.get("Error", {}).get("Code", ""))[:40]
        if code in _REFUSED:
            return f"{place} does not let these keys work on the bucket “{self._bucket}” ({code})"
        if code in ("404", "NoSuchBucket"):
            return f"{place} has no bucket “{self._bucket}”"
        return f"{place} says {code or 'no'}"


def _is_safe(endpoint: str) -> bool:
    """Whether nobody between can read along."""
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
        _ = parts.port  # raises where it is none
    except ValueError:
        return False
    if not host or parts.username is not None or parts.query or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
