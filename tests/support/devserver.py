"""Start and stop the real dserver of devserver/ as a process."""

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / "devserver/.venv/bin/python"
PYTHON_WITH_S3 = ROOT / "tests/s3/.venv/bin/python"
SERVE = ROOT / "devserver/serve.py"
COMMAND = (PYTHON, SERVE)

URI = "smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675"
COPY_URI = "s3://test-bucket/1a1f9fad-8589-413e-9602-5bbd66bfe675"
UUID = "1a1f9fad-8589-413e-9602-5bbd66bfe675"
API_KEY = "standin_api_key"
PASSWORDS = {
    "admin": "admin_password",
    "researcher": "researcher_password",
    "testuser": "test_password",
}


@dataclass(frozen=True)
class Stored:
    """What the storage holds of a dataset, whatever the index says.

    Args:
        folder: Where it is.
        files: Contents by path below that folder.
    """

    folder: Path
    files: dict[str, bytes]

    @property
    def readme(self) -> str:
        """The README."""
        return self.files["README.yml"].decode()

    @property
    def tags(self) -> list[str]:
        """The tags, sorted."""
        return sorted(self._below(".dtool/tags/"))

    @property
    def annotations(self) -> dict[str, Any]:
        """The annotations by name."""
        found = self._below(".dtool/annotations/")
        return {name.removesuffix(".json"): json.loads(found[name]) for name in sorted(found)}

    @property
    def admin_metadata(self) -> dict[str, Any]:
        """Name, type, times and so on."""
        found: dict[str, Any] = json.loads(self.files[".dtool/dtool"])
        return found

    def _below(self, folder: str) -> dict[str, bytes]:
        return {
            path.removeprefix(folder): content
            for path, content in self.files.items()
            if path.startswith(folder)
        }


@dataclass(frozen=True)
class Dserver:
    """A running dserver with its token generator."""

    exports: dict[str, str]
    pid: int

    @property
    def url(self) -> str:
        """URL of the dserver."""
        return self.exports["DSERVER_URL"]

    @property
    def token_url(self) -> str:
        """URL of the token generator, with its path."""
        return self.exports["DSERVER_TOKEN_GENERATOR_URL"]

    def token_requests(self) -> int:
        """Return how many tokens were asked for so far."""
        url = self.token_url.removesuffix("/token") + "/count"
        with urllib.request.urlopen(url, timeout=10) as response:
            return int(json.load(response)["token_requests"])

    def stored(self, uri: str) -> Stored:
        """Look at the storage of a dataset, without asking the server.

        Args:
            uri: URI of the dataset, ``file://…``, or ``s3://…`` of a stand-in.
        """
        scheme, host, path, *_ = urlsplit(uri)
        roots = {"file": Path("/"), "s3": Path(self.exports.get("DEVSERVER_STORAGE", "/"), host)}
        folder = roots[scheme] / path.lstrip("/")
        files = [each for each in folder.rglob("*") if each.is_file()]
        contents = {each.relative_to(folder).as_posix(): each.read_bytes() for each in files}
        return Stored(folder, contents)

    def storage_requests(self) -> list[dict[str, Any]]:
        """Return the requests with signed URLs so far, of a stand-in with S3.

        Each has its method, path and signature, and if it was refused, why: status, code, message.
        """
        record = Path(self.exports["DEVSERVER_S3"], "requests.jsonl")
        return [json.loads(line) for line in record.read_text().splitlines()]

    def set_storage_clock(self, ahead: float) -> None:
        """Set the clock of the S3 of a stand-in, between transfers.

        Args:
            ahead: By how many seconds it is ahead of the server's.
        """
        Path(self.exports["DEVSERVER_S3"], "ahead").write_text(str(ahead))

    def given(self, username: str) -> dict[str, str]:
        """Return a client's arguments for one of the users."""
        return {
            "url": self.url,
            "auth_url": self.token_url,
            "username": username,
            "password": PASSWORDS[username],
        }


@contextmanager
def running_dserver(*options: str, python: Path = PYTHON) -> Iterator[Dserver]:
    """Run a dserver on free ports as long as the block lasts.

    Args:
        options: Further options of devserver/serve.py.
        python: Python of the environment to run it in.
    """
    command = [str(python), str(SERVE), "--port", "0", "--token-port", "0", "--until-eof", *options]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    with process:
        try:
            yield Dserver(_exports(process), process.pid)
        finally:
            process.terminate()


def running_next_dserver(*options: str) -> AbstractContextManager[Dserver]:
    """Run the stand-in for the next server on free ports as long as the block lasts.

    Args:
        options: Further options of devserver/serve.py, such as ``--storing``.
    """
    return running_dserver("--next", *options)


def running_s3_dserver(*options: str) -> AbstractContextManager[Dserver]:
    """Run the stand-in with S3 as its storage, on free ports, as long as the block lasts.

    Args:
        options: Further options of devserver/serve.py.
    """
    return running_dserver("--next", "--storing", "--s3", *options, python=PYTHON_WITH_S3)


def _exports(process: "subprocess.Popen[str]") -> dict[str, str]:
    assert process.stdout is not None
    exports: dict[str, str] = {}
    for line in process.stdout:
        if line.startswith("# ready"):
            return exports
        name, _, value = line.strip().removeprefix("export ").partition("=")
        exports[name] = value
    raise RuntimeError("the dserver ended before it was ready; its messages are above")
