"""Compare transfers of datasets with the best plain clients of S3; `make bench-transfers`.

python benchmarks/transfers.py --turns 5 --only SDK,curl

Each transfer is a process of its own, and all programs take turns against one storage: nginx, which
answers what these clients ask of S3 and checks no signature. benchmarks/README.md has the details.
"""

import argparse
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
CLIENT: Final = ROOT / "benchmarks/transfer_client.py"
METER: Final = ROOT / "benchmarks/meter.py"
ENVIRONMENTS: Final = ROOT / "build/bench"
HOST: Final = "127.0.0.1"
BASE_URI: Final = "s3://bucket"
FROZEN_AT: Final = 1604921621.719575

CONTENDERS: Final = ("SDK", "SDK async", "SDK aiohttp", "aws", "boto3", "curl", "s3fs")
JUDGED: Final = ("SDK", "SDK async", "SDK aiohttp")
FASTEST: Final = 1.2  # times as long as the fastest of the others
SEEKING: Final = 1.3  # times as long as s3fs
SOME: Final = 100  # files that may be deleted between two programs
MEMORY: Final = 64.0  # MiB more than an idle process

SIGNATURE: Final = (  # nginx does not look at it, but clients send it
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=benchmark%2F20261128%2Fus-east-1%2Fs3%2F"
    "aws4_request&X-Amz-Date=20261128T000000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&"
    f"X-Amz-Signature={'0' * 64}"
)


# --- data --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Data:
    """A dataset, on disk and in storage.

    Args:
        name: Its name.
        number: How many items it has.
        size: Bytes in each of them.
        uuid: Its UUID.
    """

    name: str
    number: int
    size: int
    uuid: str

    @property
    def uri(self) -> str:
        """URI of the dataset."""
        return f"{BASE_URI}/{self.uuid}"

    def folder(self, place: Path) -> Path:
        """Return the folder of the dataset on disk."""
        return place / "source" / self.name

    def in_storage(self, place: Path) -> Path:
        """Return the folder of the files in storage."""
        return place / "storage/bucket" / self.name


def create(data: Data, place: Path) -> dict[str, Any]:
    """Create a dataset on disk and in storage, whose items are links; return its manifest."""
    import dtoolcore
    from dtoolcore.storagebroker import DiskStorageBroker

    folder, storage = data.folder(place), data.in_storage(place)
    folder.parent.mkdir(exist_ok=True)
    DiskStorageBroker(str(folder)).create_structure()
    storage.mkdir(parents=True)
    items = dict[str, Any]()
    entries = list[str]()
    for number in range(data.number):
        name = f"{number:04}.bin"
        content = os.urandom(data.size)
        (folder / "data" / name).write_bytes(content)
        os.link(folder / "data" / name, storage / name)
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        items[hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()] = {
            "hash": digest,
            "relpath": name,
            "size_in_bytes": data.size,
            "utc_timestamp": FROZEN_AT,
        }
        tag = f"{int((storage / name).stat().st_mtime):x}-{data.size:x}"  # as nginx makes it
        entries.append(
            f"<Contents><Key>{data.name}/{name}</Key><Size>{data.size}</Size>"
            f'<LastModified>2026-11-28T00:00:00.000Z</LastModified><ETag>"{tag}"</ETag>'
            "<StorageClass>STANDARD</StorageClass></Contents>"
        )
    manifest = {
        "dtoolcore_version": dtoolcore.__version__,
        "hash_function": "md5sum_hexdigest",
        "items": items,
    }
    admin_metadata = {
        "uuid": data.uuid,
        "dtoolcore_version": dtoolcore.__version__,
        "name": data.name,
        "type": "dataset",
        "creator_username": "benchmark",
        "created_at": FROZEN_AT,
        "frozen_at": FROZEN_AT,
    }
    meta = place / "storage/bucket/metadata" / data.name
    meta.mkdir(parents=True)
    for target in (folder / ".dtool/manifest.json", meta / "manifest"):
        target.write_text(json.dumps(manifest))
    for target in (folder / ".dtool/dtool", meta / "dtool"):
        target.write_text(json.dumps(admin_metadata))
    for target in (folder / "README.yml", meta / "readme"):
        target.write_text("project: benchmark\n")
    (place / "storage" / f"{data.name}.xml").write_text(_listing("".join(entries), data.number))
    return manifest


def _listing(entries: str, number: int) -> str:
    return (
        '<?xml version="1.0"?><ListBucketResult><Name>bucket</Name><MaxKeys>1000</MaxKeys>'
        f"<KeyCount>{number}</KeyCount><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>"
    )


# --- storage -----------------------------------------------------------------------------------

# Parts of a multipart upload overwrite each other: putting them together would be the server's
# work, and nothing reads them.
NGINX: Final = """
{user}
daemon off;
worker_processes 2;
pid {place}/nginx.pid;
error_log {place}/nginx.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nodelay on;
    keepalive_requests 1000000;
    client_max_body_size 0;
    client_body_temp_path {place}/storage/body;
    fastcgi_temp_path {place}/unused;
    proxy_temp_path {place}/unused;
    scgi_temp_path {place}/unused;
    uwsgi_temp_path {place}/unused;
    default_type application/octet-stream;
    map $args $listing {{
        "~prefix=small(&|%2F|/|$)" /small.xml;
        "~prefix=large(&|%2F|/|$)" /large.xml;
        default /none.xml;
    }}
    map $args $started {{
        "~^uploads" "<InitiateMultipartUploadResult><UploadId>1</UploadId>";
        default "<CompleteMultipartUploadResult><ETag>1</ETag>";
    }}
    map $args $ended {{
        "~^uploads" "</InitiateMultipartUploadResult>";
        default "</CompleteMultipartUploadResult>";
    }}
    server {{
        listen {host}:{port};
        root {place}/storage;
        location ~ ^/bucket/?$ {{
            default_type application/xml;
            types {{ }}
            if ($request_method = PUT) {{ return 200; }}
            try_files $listing =404;
        }}
        location / {{
            dav_methods PUT;
            create_full_put_path on;
            default_type application/octet-stream;
            if ($request_method = PUT) {{ add_header ETag '"1"'; }}
            if ($request_method = POST) {{ return 200 "$started<Key>key</Key>$ended"; }}
        }}
    }}
}}
"""


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as listening:
        listening.bind((HOST, 0))
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def running_storage(place: Path) -> Iterator[str]:
    """Serve a folder as storage, as long as the block lasts; yield its URL."""
    port = free_port()
    (place / "storage/none.xml").write_text(_listing("", 0))
    settings = place / "nginx.conf"
    user = (
        "user root;" if os.geteuid() == 0 else ""
    )  # else its workers are a user who reads nothing
    settings.write_text(NGINX.format(place=place, host=HOST, port=port, user=user))
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        sys.exit("nginx is needed, as storage: apt-get install nginx")
    command = [nginx, "-p", str(place), "-e", str(place / "nginx.log"), "-c", str(settings)]
    process = subprocess.Popen(command)
    with process:
        try:
            _wait_for(port, process)
            yield f"http://{HOST}:{port}"
        finally:
            process.terminate()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(100):
        try:
            socket.create_connection((HOST, port), 1).close()
        except OSError:
            if process.poll() is not None:
                sys.exit("nginx does not start")
            time.sleep(0.05)
        else:
            return
    sys.exit("nginx does not answer")


# --- dserver -----------------------------------------------------------------------------------


PUBLISHED: Final = ("/tags/{uri}", "/signed-urls/upload/{base_uri}", "/signed-urls/upload-complete")


class Dserver(ThreadingHTTPServer):
    """Answers what transfers ask of a dserver, and signs nothing."""

    daemon_threads = True

    def __init__(self, storage: str, datasets: list[Data], manifests: list[Any]) -> None:
        super().__init__((HOST, 0), _Handler)
        self.answers: dict[str, Any] = {
            "GET /me": {"username": "benchmark", "is_admin": True},
            "GET /config/versions": {
                "versions": {"dservercore": "0.22.0", "dserver_signed_url_plugin": "0.5.0"}
            },
            "GET /doc/openapi.json": {
                "paths": {path: {"get": {}, "post": {}} for path in PUBLISHED}
            },
        }
        self.items = dict[str, str]()
        for data, manifest in zip(datasets, manifests, strict=True):
            place = f"s3%3A%2F%2Fbucket%2F{data.uuid}"
            meta = f"{storage}/bucket/metadata/{data.name}"
            urls = {
                identifier: f"{storage}/bucket/{data.name}/{item['relpath']}?{SIGNATURE}"
                for identifier, item in manifest["items"].items()
            }
            self.items |= urls
            expiry = {"expiry_seconds": 3600, "expiry_timestamp": "2026-11-28T01:00:00Z"}
            self.answers[f"GET /manifests/{place}"] = manifest
            self.answers[f"GET /signed-urls/dataset/{place}"] = {
                **expiry,
                "uri": data.uri,
                "admin_metadata_url": f"{meta}/dtool?{SIGNATURE}",
                "manifest_url": f"{meta}/manifest?{SIGNATURE}",
                "readme_url": f"{meta}/readme?{SIGNATURE}",
                "item_urls": urls,
                "overlay_urls": {},
                "annotation_urls": {},
                "tags": [],
            }
            for identifier, url in urls.items():
                self.answers[f"GET /signed-urls/item/{place}/{identifier}"] = {
                    **expiry,
                    "uri": data.uri,
                    "identifier": identifier,
                    "url": url,
                }
        self.encoded = {key: json.dumps(value).encode() for key, value in self.answers.items()}
        self.storage = storage

    def answer(self, request: str, body: bytes) -> bytes | None:
        """Return the answer to a request."""
        if request.startswith("POST /signed-urls/upload/"):
            return json.dumps(self._begun(json.loads(body))).encode()
        if request == "POST /signed-urls/upload-complete":
            uri = json.loads(body)["uri"]
            uuid = uri.rpartition("/")[2]
            found = {"uri": uri, "uuid": uuid, "name": "benchmark", "status": "registered"}
            return json.dumps(found).encode()
        return self.encoded.get(request.replace("%25", "%"))

    def _begun(self, asked: dict[str, Any]) -> dict[str, Any]:
        up = f"{self.storage}/bucket/up/{asked['uuid']}"
        targets = dict[str, Any]()
        for item in asked["items"]:
            name = item["relpath"]
            identifier = hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()
            headers = {
                "Content-MD5": "AAAAAAAAAAAAAAAAAAAAAA==",
                "x-amz-meta-checksum": item["hash"],
                "x-amz-meta-handle": name,
            }
            url = f"{up}/{name}?{SIGNATURE}"
            targets[identifier] = {"url": url, "relpath": name, "headers": headers}
        return {
            "uuid": asked["uuid"],
            "uri": f"{BASE_URI}/{asked['uuid']}",
            "base_uri": BASE_URI,
            "expiry_seconds": 14400,
            "expiry_timestamp": "2026-11-28T04:00:00Z",
            "upload_urls": {"readme": f"{up}/README.yml?{SIGNATURE}", "items": targets},
        }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Dserver

    def do_GET(self) -> None:
        """Answer, or say that there is no such thing."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.partition("?")[0]
        found = self.server.answer(f"{self.command} {path}", body)
        content = found if found is not None else b'{"code": 404, "status": "Not Found"}'
        self.send_response(200 if found is not None else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def log_message(self, *_arguments: Any) -> None:
        """Keep quiet."""


@contextmanager
def running_dserver(storage: str, datasets: list[Data], manifests: list[Any]) -> Iterator[str]:
    """Answer as a dserver, as long as the block lasts; yield its URL."""
    server = Dserver(storage, datasets, manifests)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


# --- one transfer ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cost:
    """What a program took.

    Args:
        seconds: Wall time, or that of the reads alone.
        cpu: CPU time in seconds.
        memory: Most memory that was resident, in MiB.
    """

    seconds: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Bench:
    """Where transfers go.

    Args:
        place: Folder of everything.
        storage: URL of storage.
        environment: Variables of the programs.
    """

    place: Path
    storage: str
    environment: dict[str, str]

    def run(self, contender: str, action: str, data: Data) -> Cost:
        """Run a program, and return what it took."""
        target = Path(tempfile.mkdtemp(dir=self.place)) / "down"
        if not contender.startswith("SDK"):
            target.mkdir()
        command = self._command(contender, action, data, target)
        meter = [sys.executable, "-IS", str(METER), *command]
        done = subprocess.run(
            meter, stdout=subprocess.PIPE, env=self.environment, cwd=self.place, check=True
        )
        status, seconds, cpu, memory, output = json.loads(done.stdout)
        if status:
            sys.exit(f"{contender} {action} {data.name} has failed")
        self._check(contender, action, data, target)
        return Cost(float(output) if action == "seek" else seconds, cpu, memory)

    def _command(self, contender: str, action: str, data: Data, target: Path) -> list[str]:
        source = data.folder(self.place)
        if contender.startswith("SDK"):
            folder = source if action == "up" else target
            prefix = BASE_URI if action == "up" else data.uri
            client = [sys.executable, str(CLIENT), contender]
            return [*client, action, self.storage, prefix, str(folder)]
        folder = source / "data" if action == "up" else target
        prefix = f"bucket/up/{contender}" if action == "up" else f"bucket/{data.name}"
        if contender == "curl":
            return self._curl(action, data, folder, prefix)
        if contender == "aws":
            places = (f"{folder}", f"s3://{prefix}")
            options = ["--no-sign-request", "--only-show-errors", "--recursive"]
            copy = ["s3", "cp", *options, *(places if action == "up" else places[::-1])]
            program = str(ENVIRONMENTS / "aws/bin/aws")
            idle = ["--version"]
            return [program, "--endpoint-url", self.storage, *(idle if action == "idle" else copy)]
        python = str(ENVIRONMENTS / contender / "bin/python")
        return [python, str(CLIENT), contender, action, self.storage, prefix, str(folder)]

    def _curl(self, action: str, data: Data, folder: Path, prefix: str) -> list[str]:
        if action == "idle":
            return ["curl", "--version"]
        lines = [
            "silent",
            "no-progress-meter",
            "fail",
            "parallel",
            "parallel-max = 8",
            "parallel-immediate",
        ]
        for number in range(data.number):
            name = f"{number:04}.bin"
            lines.append(f'url = "{self.storage}/{prefix}/{name}?{SIGNATURE}"')
            here = f'"{folder}/{name}"'
            lines += [f"upload-file = {here}"] if action == "up" else [f"output = {here}"]
        settings = self.place / "curl.conf"
        settings.write_text("\n".join(lines))
        return ["curl", "--config", str(settings)]

    def _check(self, contender: str, action: str, data: Data, target: Path) -> None:
        """End the benchmark if a program has not done what it was to do."""
        up = self.place / "storage/bucket/up"
        if action == "down":
            found = [path for path in target.rglob("*.bin") if path.stat().st_size == data.size]
        elif action == "up":
            found = list(up.rglob("*.bin"))
        else:
            return
        if len(found) != data.number:
            sys.exit(f"{contender} {action}: {len(found)} of {data.number} files are there")
        arrived = target if action == "down" else up
        if data.number > SOME:
            # Kept, as ext4 is slow to create files after others are deleted: see
            # recently_deleted() in fs/ext4/ialloc.c.
            arrived.rename(tempfile.mkdtemp(dir=self.place))
        else:
            shutil.rmtree(arrived)


# --- all of them -------------------------------------------------------------------------------


def measure(
    bench: Bench, contenders: list[str], action: str, data: Data, turns: int
) -> dict[str, list[Cost]]:
    """Let all of them do the same by turns; who begins changes from turn to turn."""
    costs: dict[str, list[Cost]] = {contender: [] for contender in contenders}
    for turn in range(turns):
        for contender in (
            contenders[turn % len(contenders) :] + contenders[: turn % len(contenders)]
        ):
            costs[contender].append(bench.run(contender, action, data))
    return costs


def show(title: str, costs: dict[str, list[Cost]], idle: dict[str, float], limit: float) -> None:
    """Print a table; a ratio is that to the least of the others' medians.

    Args:
        title: What is done.
        costs: What it took.
        idle: MiB of a process that does nothing.
        limit: The limit on the ratios.
    """
    print(f"\n{title}\n")
    print("| | seconds | ratio | CPU seconds | ratio | ratio, in Python | MiB beyond idle | |")
    print("|---|---:|---:|---:|---:|---:|---:|---|")
    seconds = {name: median(cost.seconds for cost in each) for name, each in costs.items()}
    cpu = {name: median(cost.cpu for cost in each) for name, each in costs.items()}
    for name, each in costs.items():
        ratios = [_ratio(seconds, name), _ratio(cpu, name), _ratio(cpu, name, without="curl")]
        more = median(cost.memory for cost in each) - idle[name]
        limits = (("time", ratios[0], limit), ("CPU", ratios[1], limit), ("memory", more, MEMORY))
        misses = [what for what, value, most in limits if value > most and name in JUDGED]
        print(
            f"| {name} | {seconds[name]:.2f} | {ratios[0]:.2f} | {cpu[name]:.2f} | {ratios[1]:.2f} "
            f"| {ratios[2]:.2f} | {more:.0f} | {'misses ' * bool(misses)}{', '.join(misses)} |",
            flush=True,
        )


def _ratio(values: dict[str, float], name: str, without: str = "") -> float:
    others = [value for other, value in values.items() if other not in (*JUDGED, without)]
    return values[name] / min(others) if others else 1.0


def main() -> None:
    """Measure and print tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("--turns", type=int, default=5, help="how often each transfers, default: 5")
    add("--only", default=",".join(CONTENDERS), help="contenders, separated by commas")
    add("--actions", default="down,up,seek", help="default: down,up,seek")
    add("--small", type=int, default=1000, help="items of 10 kB, default: 1000")
    add("--large", type=int, default=256, help="MB in each of four items, default: 256")
    add("--folder", help="where to put about 4 GB, default: that for temporary files")
    options = parser.parse_args()
    contenders = [name for name in CONTENDERS if name in options.only.split(",")]
    small = Data("small", options.small, 10_000, "1a1f9fad-8589-413e-9602-5bbd66bfe675")
    large = Data("large", 4, options.large * 1_000_000, "2b1f9fad-8589-413e-9602-5bbd66bfe675")
    datasets = [data for data in (small, large) if data.number and data.size]
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        place = Path(name)
        manifests = [create(data, place) for data in datasets]
        with (
            running_storage(place) as storage,
            running_dserver(storage, datasets, manifests) as dserver,
        ):
            bench = Bench(place, storage, variables(place, dserver))
            idle = {name: bench.run(name, "idle", small).memory for name in contenders}
            for action in options.actions.split(","):
                for data in [large] if action == "seek" else datasets:
                    those = contenders
                    if action == "seek":
                        those = [name for name in ("SDK", "s3fs") if name in contenders]
                    costs = measure(bench, those, action, data, options.turns)
                    title = f"{action}, {data.number} items of {data.size / 1000:,.0f} kB"
                    show(title, costs, idle, SEEKING if action == "seek" else FASTEST)


def variables(place: Path, dserver: str) -> dict[str, str]:
    """Return the variables of the programs, which know nothing of this user."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(place / "home"),
        "DSERVER_URL": dserver,
        "DSERVER_TOKEN": "token",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        # Else uploads are hashed as well.
        "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
        "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
    }


if __name__ == "__main__":
    main()
