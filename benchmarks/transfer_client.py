"""Transfer files to or from storage once, in the environment of one contender of the benchmark.

python benchmarks/transfer_client.py CONTENDER ACTION STORAGE PREFIX FOLDER

The action is `up`, `down`, `seek` or `idle`, which imports and does nothing. The storage is a URL,
the prefix is that of the keys, e.g. `bucket/small`. For the SDK it is the URI of a dataset, or the
base URI to upload to. `seek` prints the seconds that the reads took.
"""

import asyncio
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

READS, BYTES_READ = 200, 64 * 1024


def seek(file: Any) -> None:
    """Read from places all over a file, the same for each contender; print the seconds."""
    size = file.seek(0, 2)
    places = random.Random(0)
    start = time.perf_counter()
    for _ in range(READS):
        file.seek(places.randrange(size - BYTES_READ))
        assert len(file.read(BYTES_READ)) == BYTES_READ
    print(time.perf_counter() - start)


def use_sdk(action: str, _storage: str, prefix: str, folder: str) -> None:
    """Transfer with the blocking functions."""
    from dtool_lookup_api import download_dataset, get_manifest, open_item, upload_dataset

    if action == "up":
        upload_dataset(folder, prefix, overwrite=True)
    elif action == "down":
        download_dataset(prefix, folder)
    elif action == "seek":
        name = next(iter(get_manifest(prefix)["items"]))
        with open_item(prefix, name) as file:
            seek(file)


def use_sdk_async(action: str, _storage: str, prefix: str, folder: str) -> None:
    """Transfer with the async functions."""
    from dtool_lookup_api.asynchronous import download_dataset, upload_dataset

    if action == "up":
        asyncio.run(upload_dataset(folder, prefix, overwrite=True))
    elif action == "down":
        asyncio.run(download_dataset(prefix, folder))


def use_sdk_aiohttp(*arguments: str) -> None:
    """Transfer with the async functions, by the engine aiohttp."""
    os.environ["DSERVER_ENGINE"] = "aiohttp"
    use_sdk_async(*arguments)


def use_boto3(action: str, storage: str, prefix: str, folder: str) -> None:
    """Transfer with the manager that boto3's own methods use."""
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config
    from s3transfer.manager import TransferConfig, TransferManager

    config = Config(signature_version=UNSIGNED, max_pool_connections=10)
    client = boto3.client("s3", endpoint_url=storage, config=config)
    bucket, _, key = prefix.partition("/")
    with TransferManager(client, TransferConfig(max_request_concurrency=10)) as manager:
        if action == "up":
            for path in Path(folder).iterdir():
                manager.upload(str(path), bucket, f"{key}/{path.name}")
        elif action == "down":
            pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key)
            for entry in (entry for page in pages for entry in page["Contents"]):
                name = entry["Key"].rpartition("/")[2]
                manager.download(bucket, entry["Key"], f"{folder}/{name}")


def use_s3fs(action: str, storage: str, prefix: str, folder: str) -> None:
    """Transfer with s3fs."""
    import s3fs

    files = s3fs.S3FileSystem(anon=True, endpoint_url=storage)
    if action == "up":
        files.put(f"{folder}/", f"{prefix}/", recursive=True)
    elif action == "down":
        files.get(f"{prefix}/", f"{folder}/", recursive=True)
    elif action == "seek":
        with files.open(f"{prefix}/0000.bin") as file:
            seek(file)


USES = {
    "SDK": use_sdk,
    "SDK async": use_sdk_async,
    "SDK aiohttp": use_sdk_aiohttp,
    "boto3": use_boto3,
    "s3fs": use_s3fs,
}

if __name__ == "__main__":
    USES[sys.argv[1]](*sys.argv[2:])
