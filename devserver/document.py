"""Print the OpenAPI document that the server publishes at /doc/openapi.json."""

import sys
import tempfile
from pathlib import Path

from app import running_app


def main() -> None:
    """Ask the server in this process, without a socket."""
    with tempfile.TemporaryDirectory(prefix="dserver-") as folder, running_app(Path(folder)) as app:
        sys.stdout.write(app.test_client().get("/doc/openapi.json").text)


if __name__ == "__main__":
    main()
