"""S3 as the storage: dtool-s3 writes it, boto3 signs URLs, and moto serves it, from memory.

moto checks neither signatures nor their expiry nor hashes. Here botocore signs each request with
a signed URL once more, and compares. This module needs the environment of tests/s3.
"""

import hashlib
import io
import json
import os
import threading
import time
from base64 import b64encode
from calendar import timegm
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import boto3
import dtoolcore
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from dtool_s3.storagebroker import S3StorageBroker
from moto.server import DomainDispatcherApplication, create_backend_app

from .objects import Environ, Refusal, header, pieces, refuse_unframed

KEY_ID, SECRET, REGION = "standin-key", "standin-secret", "us-east-1"


class S3Broker(S3StorageBroker):  # type: ignore[misc]
    """The storage broker of dtool for S3."""

    _of_thread = threading.local()

    @classmethod
    def _get_resource_and_client(cls, bucket_name: str) -> Any:
        """Make the clients of boto3 once for each thread: that takes a tenth of a second."""
        if not hasattr(cls._of_thread, bucket_name):
            clients = super()._get_resource_and_client(bucket_name)
            setattr(cls._of_thread, bucket_name, clients)
        return getattr(cls._of_thread, bucket_name)

    def get_admin_metadata(self) -> dict[str, Any]:
        """Read the object; WSGI loses the underscores in names of headers that dtool-s3 reads."""
        metadata: dict[str, Any] = json.loads(self.get_text(self.get_admin_metadata_key()))
        return metadata

    def get_item_key(self, identifier: str) -> str:
        """Return the key of an item."""
        return f"{self.data_key_prefix}{identifier}"

    def has_item(self, identifier: str) -> bool:
        """Return whether an item has been uploaded."""
        try:
            self.s3client.head_object(Bucket=self.bucket, Key=self.get_item_key(identifier))
        except self.s3client.exceptions.ClientError:
            return False
        return True


class S3Objects:
    """Sign URLs for one bucket, and serve it; a WSGI application.

    Args:
        bucket: Name of the bucket.
        folder: Folder of two files: ``requests.jsonl``, to which each request with a signed URL is
            written, and ``ahead``, by how many seconds the clock of S3 is ahead of the server's.
    """

    def __init__(self, bucket: str, folder: Path) -> None:
        self.address = ""
        """The URL that S3 is served at."""
        self._bucket = bucket
        self._ahead = folder / "ahead"
        self._ahead.write_text("0")
        self._record = (folder / "requests.jsonl").open("a", buffering=1)  # a line at a time
        self._recording = threading.Lock()
        self._moto = DomainDispatcherApplication(create_backend_app)

    def install(self) -> None:
        """Create the bucket, which has to be served already, and let dtoolcore find it."""
        os.environ |= {
            f"DTOOL_S3_ENDPOINT_{self._bucket}": self.address,
            f"DTOOL_S3_ACCESS_KEY_ID_{self._bucket}": KEY_ID,
            f"DTOOL_S3_SECRET_ACCESS_KEY_{self._bucket}": SECRET,
            "AWS_DEFAULT_REGION": REGION,
        }
        self._client.create_bucket(Bucket=self._bucket)
        brokers = dtoolcore._generate_storage_broker_lookup() | {"s3": S3Broker}
        dtoolcore._generate_storage_broker_lookup = lambda: brokers

    @cached_property
    def _client(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.address,
            region_name=REGION,
            aws_access_key_id=KEY_ID,
            aws_secret_access_key=SECRET,
            config=Config(signature_version="s3v4", request_checksum_calculation="when_required"),
        )

    def url(
        self, method: str, key: str, seconds: float, headers: Mapping[str, str] | None = None
    ) -> str:
        """Return a URL for one method on one object, for some time, with these headers only."""
        parameters: dict[str, Any] = {"Bucket": self._bucket, "Key": key}
        if headers:
            prefix = "x-amz-meta-"
            parameters["ContentMD5"] = headers["Content-MD5"]
            parameters["Metadata"] = {
                name.removeprefix(prefix): value
                for name, value in headers.items()
                if name.startswith(prefix)
            }
        url: str = self._client.generate_presigned_url(
            {"GET": "get_object", "PUT": "put_object"}[method],
            Params=parameters,
            ExpiresIn=int(seconds),
        )
        return url

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        query = dict(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True))
        try:
            if "X-Amz-Signature" in query or not header(environ, "Authorization"):
                _check_signature(environ, query, time.time() + float(self._ahead.read_text()))
                environ = environ | {"wsgi.input": io.BytesIO(_checked_body(environ))}
                self._note(environ, query, None)
        except Refusal as refusal:
            self._note(environ, query, refusal)
            return refusal.respond(environ, start_response)
        # Else the request is dtool-s3's, with the keys of the storage.
        response: Iterable[bytes] = self._moto(environ, start_response)
        return response

    def _note(self, environ: Environ, query: dict[str, str], refusal: Refusal | None) -> None:
        request = {
            "method": environ["REQUEST_METHOD"],
            "path": environ["PATH_INFO"],
            "signature": query.get("X-Amz-Signature"),
            "refusal": refusal and [refusal.status, refusal.code, str(refusal)],
        }
        with self._recording:
            print(json.dumps(request), file=self._record)


def _check_signature(environ: Environ, query: dict[str, str], now: float) -> None:
    """Refuse a request for which its URL was not signed."""
    if header(environ, "Authorization"):
        message = "Only one way to authenticate is allowed"
        raise Refusal(HTTPStatus.BAD_REQUEST, "InvalidArgument", message)
    if "X-Amz-Signature" not in query:
        raise Refusal(HTTPStatus.FORBIDDEN, "AccessDenied", "Access Denied")
    begun = timegm(time.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ"))
    if now > begun + int(query["X-Amz-Expires"]):
        raise Refusal(HTTPStatus.FORBIDDEN, "AccessDenied", "Request has expired")
    signed = query["X-Amz-SignedHeaders"].split(";")
    names = [name[5:].replace("_", "-").lower() for name in environ if name.startswith("HTTP_")]
    if [name for name in names if name.startswith("x-amz-") and name not in signed]:
        message = "There were headers present in the request which were not signed"
        raise Refusal(HTTPStatus.FORBIDDEN, "AccessDenied", message)
    if _signature(environ, query, signed) != query["X-Amz-Signature"]:
        message = "The method, the path or a signed header is another one"
        raise Refusal(HTTPStatus.FORBIDDEN, "SignatureDoesNotMatch", message)


def _signature(environ: Environ, query: dict[str, str], signed: list[str]) -> str:
    """Return the signature that botocore makes for a request."""
    signer = S3SigV4QueryAuth(
        Credentials(KEY_ID, SECRET), "s3", REGION, expires=int(query["X-Amz-Expires"])
    )
    path = environ["REQUEST_URI"].partition("?")[0]
    unsigned = {name: value for name, value in query.items() if name != "X-Amz-Signature"}
    request = AWSRequest(
        method=environ["REQUEST_METHOD"],
        url=f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{path}?{urlencode(unsigned)}",
        headers={name: header(environ, name) for name in signed},
    )
    request.context["timestamp"] = query["X-Amz-Date"]
    text = signer.string_to_sign(request, signer.canonical_request(request))
    signature: str = signer.signature(text, request)
    return signature


def _checked_body(environ: Environ) -> bytes:
    """Return the body of a request, whole and with the hash that its header has."""
    if environ["REQUEST_METHOD"] != "PUT":
        return b""
    refuse_unframed(environ)
    body = b"".join(pieces(environ["wsgi.input"]))
    if len(body) != int(environ["CONTENT_LENGTH"]):
        raise Refusal(HTTPStatus.BAD_REQUEST, "IncompleteBody", "The body is too short")
    digest = b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    if header(environ, "Content-MD5") not in ("", digest):
        raise Refusal(HTTPStatus.BAD_REQUEST, "BadDigest", "Content-MD5 is another one")
    return body
