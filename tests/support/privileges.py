"""Run programs for which the permissions of files count, also where root runs the tests."""

import os
import subprocess
import sys

import pytest

__all__ = ["run_unprivileged"]

# The user stays root, who owns the files and the environment, but may not ignore their permissions.
_DROPPED = ["--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search"]


def run_unprivileged(code: str) -> "subprocess.CompletedProcess[str]":
    """Run Python code in a process that may not read and write every file.

    Args:
        code: The code.
    """
    if os.name == "nt":
        pytest.skip("Windows has other permissions")
    prefix: list[str] = []
    if os.geteuid() == 0:
        prefix = ["setpriv", *_DROPPED]
        try:
            subprocess.run([*prefix, sys.executable, "-c", ""], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("root cannot give up its privileges here")
    return subprocess.run(
        [*prefix, sys.executable, "-c", code],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
