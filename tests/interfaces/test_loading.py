"""What is imported when: parts of the package are loaded when they are first used."""

import os
import subprocess
import sys

import pytest

from devserver import ROOT

pytestmark = pytest.mark.slow  # all start processes

# Prints the modules that a statement loads, without those of Python itself.
LOADED = """
import contextlib, io, sys
before = {*sys.modules}
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    exec(sys.argv[1])
found = {*sys.modules} - before
print("\\n".join(n for n in found if n.partition(".")[0] not in sys.stdlib_module_names))
"""

BARE = {"dtool_lookup_api", "dtool_lookup_api._version"}
HELP = BARE | {"dtool_lookup_api.cli", "dtool_lookup_api.cli.group"}

# The child of a process that has used nothing, and that of one that has.
FORKED = """
import contextlib, os
import dtool_lookup_api as api

def call():
    with contextlib.suppress(api.ConnectionFailedError):
        api.get_health()

def child():
    if (pid := os.fork()) == 0:
        call()
        os._exit(0)
    return os.waitpid(pid, 0)[1]

before = child()
call()
print(before, child())
"""

# Each thread begins with another name.
THREADS = """
import threading
import dtool_lookup_api as api

def read(first):
    start.wait()
    for name in api.__all__[first:] + api.__all__[:first]:
        try:
            found.setdefault(name, []).append(getattr(api, name))
        except BaseException as error:
            found[name] = error

found, start = {}, threading.Barrier(8)
threads = [threading.Thread(target=read, args=(8 * number,)) for number in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print([name for name in api.__all__ if found[name] != [getattr(api, name)] * 8])
"""


def output(code: str, *arguments: str, **environment: str) -> str:
    """Return what a program prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=ROOT,
        env={**os.environ, **environment},
    )
    return done.stdout.strip()


def loaded(statement: str) -> set[str]:
    """Return the modules that a statement loads, without those of Python itself."""
    return set(output(LOADED, statement).split())


def without_click(modules: set[str]) -> set[str]:
    return {name for name in modules if name.partition(".")[0] not in ("click", "colorama")}


def test_the_package_alone_loads_nothing_else() -> None:
    """Programs that import the package and call nothing pay for nothing."""
    assert loaded("import dtool_lookup_api") == BARE


def test_a_function_loads_no_engine() -> None:
    """Importing functions needs neither other packages nor the operations; the first call does."""
    found = loaded("from dtool_lookup_api import get_datasets, Page, NotFoundError")
    assert {name.partition(".")[0] for name in found} == {"dtool_lookup_api"}
    assert not found & {
        "dtool_lookup_api.clients",
        "dtool_lookup_api.core.config",
        "dtool_lookup_api.operations.datasets",
        "dtool_lookup_api.typed",
    }


def test_a_blocking_call_loads_nothing_for_others() -> None:
    """What async calls, errors and notebooks need is loaded by them."""
    # With click and rich installed, as here, httpx would load its own command.
    driver = "import sys; sys.modules['httpx._main'] = None; import dtool_lookup_api.core.driver"
    found = loaded(driver)
    assert "dtool_lookup_api.core.driver" in found
    assert "httpx" in found
    assert not found & {
        "aiohttp",
        "packaging",
        "yaml",
        "dtool_lookup_api.clients",
        "dtool_lookup_api.core.async_driver",
        "dtool_lookup_api.core.async_streaming",
        "dtool_lookup_api.core.engine_aiohttp",
        "dtool_lookup_api.rendering",
    }
    assert output(f"{driver}; print('html' in sys.modules)") == "False"


def test_the_help_of_the_command_loads_no_operation() -> None:
    """``dserver --help`` needs click, and none of the modules of commands."""
    found = loaded("from dtool_lookup_api.cli.group import dserver; dserver.main(['--help'])")
    assert without_click(found) == HELP
    assert "click" in found


def test_the_plugin_of_dtool_loads_click_alone() -> None:
    """Dtool imports it at each start, for whatever command."""
    found = loaded(
        "from importlib.metadata import entry_points; "
        "[e.load() for e in entry_points(group='dtool.cli') if 'dtool_lookup_api' in e.module]"
    )
    assert without_click(found) == BARE | {
        "dtool_lookup_api.cli",
        "dtool_lookup_api.cli.owners",
        "dtool_lookup_api.cli.plugin",
    }
    assert "click" in found


def test_names_are_loaded_by_threads_at_the_same_time() -> None:
    """Each thread gets each name, whatever the others are importing."""
    assert output(THREADS) == "[]"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_forked_process_loads_what_it_needs() -> None:
    """Its parent may have loaded nothing but the package."""
    assert output(FORKED, DSERVER_URL="http://127.0.0.1:9", DSERVER_RETRIES="0") == "0 0"
