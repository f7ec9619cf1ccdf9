"""A real server that speaks S3, for tests: moto's, in this process, on 127.0.0.1. Its buckets outlive its stops."""

import json
import os
from typing import Any
from uuid import uuid4

import pytest
import requests
from botocore.config import Config
from botocore.session import Session
from moto.server import ThreadedMotoServer

from app.service.blob_bucket import open_bucket
from app.service.blob_store import BlobStore

_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


class BucketServer:
    """The server. `keys` are those that it lets in."""

    def __init__(self) -> None:
        self._server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self._port = 0
        self._session = Session()  # it remembers what it has read of Amazon's services
        self.keys = ("any", "any")

    @property
    def endpoint(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Answer, at the same place as before."""
        self._server = ThreadedMotoServer("127.0.0.1", self._port, verbose=False)
        self._server.start()
        self._port = self._server.get_host_and_port()[1]

    def stop(self) -> None:
        """Answer nobody."""
        self._server.stop()

    def bucket(self) -> str:
        """A fresh bucket's address."""
        name = f"shop-{uuid4().hex}"
        self.client("s3").create_bucket(Bucket=name)
        return f"s3://{name}/files"

    def store(self, address: str) -> BlobStore:
        """What the service makes of the address."""
        return open_bucket(address, self.endpoint)

    def client(self, name: str) -> Any:
        """botocore's own client."""
        key, secret = self.keys
        return self._session.create_client(
            name,
            region_name="us-east-1",
            endpoint_url=self.endpoint,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(retries={"total_max_attempts": 1}),
        )

    def let_in_only_whom_it_knows(self) -> None:
        """Check keys and signatures from now on."""
        iam = self.client("iam")
        name = f"shop-{uuid4().hex}"
        iam.create_user(UserName=name)
        made = iam.create_access_key(UserName=name)["AccessKey"]
        iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=json.dumps(_ALL))
        self.keys = (made["AccessKeyId"], made["SecretAccessKey"])
        self._check_from_request_on("0")

    def let_everybody_in(self) -> None:
        """Check nothing any more."""
        self._check_from_request_on("inf")

    def _check_from_request_on(self, number: str) -> None:
        headers = {"Content-Type": "text/plain"}
        answer = requests.post(f"{self.endpoint}/moto-api/reset-auth", data=number, headers=headers, timeout=10)
        assert answer.status_code == 200, answer.text


def only_keys(environment: pytest.MonkeyPatch, key: str | None, secret: str = "") -> None:
    """Have no other keys than these found on this machine."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        environment.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        environment.setenv(name, os.devnull)
    environment.setenv("AWS_EC2_METADATA_DISABLED", "true")
    if key is not None:
        environment.setenv("AWS_ACCESS_KEY_ID", key)
        environment.setenv("AWS_SECRET_ACCESS_KEY", secret)
