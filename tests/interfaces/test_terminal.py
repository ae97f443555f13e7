"""Prompts and the documented snippets, typed into a real terminal."""

import ast
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from devserver import COPY_URI, UUID, Dserver
from devserver import URI as EXAMPLE_URI

# forkpty() warns where a process has threads, as this one has from the other tests.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded"),
]

SECONDS = 60
PYTHON = "python"
IPYTHON = "ipython"
ARGUMENTS = {
    PYTHON: ["-q"],
    IPYTHON: [
        *("-m", "IPython", "--simple-prompt", "--no-banner", "--no-term-title"),
        *("--colors=NoColor", "--HistoryManager.enabled=False"),
    ],
}
PROMPTS = {PYTHON: r"(?:^|\n)>>> $", IPYTHON: r"In \[\d+\]: $"}
MORE = {PYTHON: r"\n\.\.\. $", IPYTHON: r"\n +\.\.\.: $"}
QUERY = "query({'readme.owners.name': {'$regex': '^Testing User$'}})"
SWITCH_OFF = [
    "import dtool_lookup_api.core.config",
    "dtool_lookup_api.core.config.Config.interactive = False",
    "dtool_lookup_api.core.config.Config.cache = False",
]

EXAMPLE = {
    "created_at": 1604860720.736269,
    "creator_username": "jotelha",
    "frozen_at": 1604921621.719575,
    "name": "simple_test_dataset",
    "uuid": UUID,
}
LISTED = [
    {**EXAMPLE, "base_uri": "s3://test-bucket", "uri": COPY_URI},
    {**EXAMPLE, "base_uri": "smb://test-share", "uri": EXAMPLE_URI},
]
IN_MONGO = {"created_at": 1604860720.736, "frozen_at": 1604921621.719}
MORE_IN_MONGO = {"dtoolcore_version": "3.17.0", "tags": [], "type": "dataset"}
FOUND = [{**dataset, **IN_MONGO, **MORE_IN_MONGO} for dataset in LISTED]
MANIFEST = {
    "dtoolcore_version": "3.17.0",
    "hash_function": "md5sum_hexdigest",
    "items": {
        "eb58eb70ebcddf630feeea28834f5256c207edfd": {
            "hash": "2f7d9c3e0cfd47e8fcab0c12447b2bf0",
            "relpath": "simple_text_file.txt",
            "size_in_bytes": 17,
            "utc_timestamp": 1605027357.284966,
        }
    },
}
README = {
    "creation_date": "2020-11-08",
    "description": "testing description",
    "expiration_date": "2022-11-08",
    "funders": [
        {
            "code": "testing_code",
            "organization": "testing_organization",
            "program": "testing_program",
        }
    ],
    "owners": [
        {
            "email": "testing@test.edu",
            "name": "Testing User",
            "orcid": "testing_orcid",
            "username": "testing_user",
        }
    ],
    "project": "testing project",
}

# As the documentation has them: what is typed, the expression that is looked at, its value.
SNIPPETS: dict[str, tuple[str, str, Any]] = {
    "list": (
        """\
        from dtool_lookup_api import all
        res = all()""",
        "res",
        LISTED,
    ),
    "by uuid": (
        f"""\
        from dtool_lookup_api import lookup
        uuid = "{UUID}"
        res = lookup(uuid)""",
        "res",
        LISTED,
    ),
    "free text": (
        """\
        from dtool_lookup_api import search
        res = search("test")""",
        "res",
        [{**dataset, **IN_MONGO} for dataset in LISTED],
    ),
    "manifest": (
        """\
        from dtool_lookup_api import manifest
        uri = 'smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675'
        res = manifest(uri)""",
        "res",
        MANIFEST,
    ),
    "readme": (
        """\
        import yaml
        from dtool_lookup_api import readme
        res = readme('smb://test-share/1a1f9fad-8589-413e-9602-5bbd66bfe675')""",
        "yaml.safe_load(res)",
        README,
    ),
    "query by base URI and name": (
        """\
        from dtool_lookup_api import query
        res = query(
            {
                'base_uri': 'smb://test-share',
                'name': {'$regex': 'test'},
            }
        )""",
        "res",
        FOUND[1:],
    ),
    "query by owner": (
        """\
        from dtool_lookup_api import query
        res = query(
            {
                'readme.owners.name': {'$regex': '^Testing User$'},
            }
        )""",
        "res",
        FOUND,
    ),
}


class Terminal:
    """A person at a Python or IPython prompt.

    Args:
        kind: Which of the two.
        env: The environment.
    """

    def __init__(self, kind: str, env: dict[str, str]) -> None:
        self._prompt, self._more = PROMPTS[kind], MORE[kind]
        self._child = pexpect.spawn(
            sys.executable,
            ARGUMENTS[kind],
            env=env,
            encoding="utf-8",
            timeout=SECONDS,
            dimensions=(50, 400),
        )
        self.seen = ""
        """All that was on the screen."""
        self._expect(self._prompt)

    def close(self) -> None:
        """End the session."""
        self._child.close(force=True)

    def type(self, *lines: str) -> str:
        """Type lines, each after the prompt; return what the last one has printed."""
        shown = ""
        for line in lines:
            self._child.sendline(line)
            shown = self._expect(self._prompt, self._more)
        return shown.partition("\n")[2].strip()

    def value_of(self, expression: str) -> Any:
        """Type an expression and return the value that is shown."""
        return ast.literal_eval(re.sub(r"^Out\[\d+\]:", "", self.type(expression)).strip())

    def start(self, line: str) -> None:
        """Type a line without waiting for what it does."""
        self._child.sendline(line)

    def asked(self) -> str:
        """Wait for a question, and return it."""
        return self._expect(r"\n[^\n]*(?:username|password):$").rpartition("\n")[2]

    def answer(self, text: str) -> None:
        """Type what was asked for."""
        self._child.sendline(text)

    def press(self, key: str) -> str:
        """Press a key together with Control; wait for the prompt, and return what came before."""
        self._child.sendcontrol(key)
        return self.done()

    def interrupt(self) -> str:
        """Press Ctrl-C at a question; wait for the prompt, and return what came before."""
        # A signal that comes when readline does not yet wait for keys has no effect.
        self._child.send("x")
        self._expect("x")
        time.sleep(0.2)
        return self.press("c")

    def done(self) -> str:
        """Wait for the prompt, and return what was printed before."""
        return self._expect(self._prompt).strip()

    def log_in(self, password: str = "test_password") -> str:
        """Answer both questions; return what was printed after them."""
        self.asked()
        self.answer("testuser")
        self.asked()
        self.answer(password)
        return self.done()

    def _expect(self, *patterns: str) -> str:
        self._child.expect(list(patterns))
        shown = (self._child.before + self._child.after).replace("\r", "")
        self.seen += shown
        return re.sub(r"\n?(>>> |In \[\d+\]: )$", "", shown)


@pytest.fixture
def environment(dserver: Dserver, tmp_path: Path) -> dict[str, str]:
    """Return an environment with both URLs only, and with an empty home folder."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "PYTHON_BASIC_REPL": "1",
        "DSERVER_URL": dserver.url,
        "DSERVER_TOKEN_GENERATOR_URL": dserver.token_url,
    }


@pytest.fixture
def open_terminal(environment: dict[str, str]) -> Iterator[Callable[..., Terminal]]:
    """Return a function that starts a session, with environment variables of its own."""
    terminals: list[Terminal] = []

    def open_(kind: str, **variables: str) -> Terminal:
        terminals.append(Terminal(kind, environment | variables))
        return terminals[-1]

    yield open_
    for terminal in terminals:
        terminal.close()


@pytest.fixture(params=[PYTHON, IPYTHON])
def terminal(request: pytest.FixtureRequest, open_terminal: Callable[..., Terminal]) -> Terminal:
    """Return a session of plain Python, and one of IPython."""
    return open_terminal(request.param)


def essence(datasets: list[dict[str, Any]], expected: list[dict[str, Any]]) -> Any:
    """Return datasets by URI, with those keys only that the documentation shows."""
    keys = expected[0].keys()
    return sorted(
        ({key: dataset[key] for key in keys} for dataset in datasets), key=lambda one: one["uri"]
    )


def test_credentials_are_asked_for_once(terminal: Terminal, dserver: Dserver) -> None:
    """The first call asks for user name and password; the second one for nothing."""
    before = dserver.token_requests()
    terminal.type("from dtool_lookup_api import all, query")
    terminal.start(f"res = {QUERY}")
    assert terminal.asked() == f"Authentication URL {dserver.token_url} username:"
    terminal.answer("testuser")
    assert terminal.asked() == f"Authentication URL {dserver.token_url} password:"
    terminal.answer("test_password")
    terminal.done()
    assert essence(terminal.value_of("res"), FOUND) == FOUND
    terminal.type("res = all()")
    assert essence(terminal.value_of("res"), LISTED) == LISTED
    assert terminal.seen.count("Authentication URL") == 2
    assert dserver.token_requests() == before + 1


LIST = "from dtool_lookup_api import get_datasets; print('found', len(get_datasets()))"
LOGIN = "python -m dtool_lookup_api login"


def asked_by(arguments: list[str], environment: dict[str, str]) -> str:
    """Answer the questions of a command, and return what it has shown before the first."""
    child = pexpect.spawn(
        sys.executable, arguments, env=environment, encoding="utf-8", timeout=SECONDS
    )
    try:
        child.expect("Authentication URL .* username:")
        shown = str(child.before)
        for answer in ("testuser", "test_password"):
            child.sendline(answer)
            child.expect("password:" if answer == "testuser" else "(found|is stored)")
            assert LOGIN not in child.before
        return shown.strip()
    finally:
        child.close(force=True)


@pytest.mark.parametrize(
    ("stored", "token"),
    [("nothing", None), ("dtool.json", "dtool.json"), ("environment", "DSERVER_TOKEN")],
)
def test_the_way_out_is_named_before_the_first_question(
    environment: dict[str, str], stored: str, token: str | None
) -> None:
    """One line says how the next command asks no more, also where a token has expired."""
    if stored == "dtool.json":
        path = Path(environment["HOME"], ".config/dtool/dtool.json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"DSERVER_TOKEN": "expired"}', encoding="utf-8")
    if stored == "environment":
        environment["DSERVER_TOKEN"] = "expired"

    shown = asked_by(["-c", LIST], environment)

    assert shown.count("\n") == 0
    assert shown.endswith(LOGIN)
    assert ("expired" in shown) is (stored != "nothing")
    assert token is None or token in shown


def test_the_login_command_asks_without_advice(environment: dict[str, str]) -> None:
    """Someone who types the command knows it; the next program does not ask."""
    assert asked_by(["-m", "dtool_lookup_api", "login"], environment) == ""

    done = subprocess.run(
        [sys.executable, "-c", LIST],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        timeout=SECONDS,
    )
    assert (done.stdout, done.stderr) == ("found 2\n", "")


def test_password_is_not_shown(terminal: Terminal) -> None:
    """The password, right or wrong, is not shown on the screen."""
    terminal.type("from dtool_lookup_api import get_me")
    for password in "wrong-password", "test_password":
        terminal.start("get_me()")
        terminal.log_in(password)
        assert password not in terminal.seen
    assert "testuser" in terminal.type("get_me()['username']")


def test_wrong_password_is_asked_for_again(terminal: Terminal) -> None:
    """After a wrong password the error says so, and the next call asks again."""
    terminal.type("from dtool_lookup_api import get_me")
    terminal.start("get_me()")
    assert "Authentication failed" in terminal.log_in("wrong-password").splitlines()[-1]
    terminal.start("get_me()['username']")
    assert "testuser" in terminal.log_in("test_password")


def test_interactive_and_cache_switched_off(terminal: Terminal) -> None:
    """With both switched off, a session that was logged in is so no longer, and isn't asked."""
    terminal.type("from dtool_lookup_api import all, get_me")
    terminal.start("get_me()")
    terminal.log_in()
    terminal.type(*SWITCH_OFF)
    asked = terminal.seen.count("Authentication URL")
    assert "Authentication failed" in terminal.type("all()").splitlines()[-1]
    assert terminal.seen.count("Authentication URL") == asked


def test_refusal_is_a_runtime_error(terminal: Terminal) -> None:
    """A program that catches RuntimeError, as documented, catches the failed login."""
    terminal.type(*SWITCH_OFF, "from dtool_lookup_api import all")
    terminal.type("try:", "    all()", "except RuntimeError as error:", "    caught = error", "")
    assert "Authentication failed" in terminal.type("str(caught)")
    assert "True" in terminal.type("str(caught).startswith('Authentication failed')")


def test_interrupt_at_the_question(terminal: Terminal) -> None:
    """Ctrl-C at a question ends the call, and the next call asks again."""
    terminal.type("from dtool_lookup_api import get_me")
    terminal.start("get_me()")
    terminal.asked()
    assert "KeyboardInterrupt" in terminal.interrupt()
    terminal.start("get_me()['username']")
    assert "testuser" in terminal.log_in()


def test_end_of_input_at_the_question(terminal: Terminal) -> None:
    """Ctrl-D at a question means that there is no answer: the login fails."""
    terminal.type("from dtool_lookup_api import get_me")
    terminal.start("get_me()")
    terminal.asked()
    assert "Authentication failed" in terminal.press("d").splitlines()[-1]


@pytest.mark.parametrize("ending", ["/token", "", "/"])
def test_generator_url_with_and_without_its_path(
    open_terminal: Callable[..., Terminal], dserver: Dserver, ending: str
) -> None:
    """The generator's URL may be given with and without /token; both are asked for alike."""
    url = dserver.token_url.removesuffix("/token") + ending
    terminal = open_terminal(PYTHON, DSERVER_TOKEN_GENERATOR_URL=url)
    terminal.type("from dtool_lookup_api import get_me")
    terminal.start("get_me()['username']")
    assert terminal.asked() == f"Authentication URL {dserver.token_url} username:"
    terminal.answer("testuser")
    terminal.asked()
    terminal.answer("test_password")
    assert "testuser" in terminal.done()


def test_awaiting_asks_too(open_terminal: Callable[..., Terminal]) -> None:
    """In IPython the asynchronous functions can be awaited at the prompt, and ask as well."""
    terminal = open_terminal(IPYTHON)
    terminal.type("import dtool_lookup_api.asynchronous as dl")
    terminal.start(f"res = await dl.{QUERY}")
    terminal.log_in()
    assert essence(terminal.value_of("res"), FOUND) == FOUND
    assert essence(terminal.value_of("await dl.get_datasets()"), LISTED) == LISTED


@pytest.mark.parametrize("kind", [PYTHON, IPYTHON])
def test_documented_snippets(open_terminal: Callable[..., Terminal], kind: str) -> None:
    """The documented snippets, typed as they are, give the documented answers."""
    terminal = open_terminal(
        kind, DSERVER_USERNAME="testuser", DSERVER_PASSWORD="test_password", TZ="Asia/Tokyo"
    )
    found = {}
    for name, (typed, expression, expected) in SNIPPETS.items():
        terminal.type(*(line.removeprefix(" " * 8) for line in typed.splitlines()))
        value = terminal.value_of(expression)
        found[name] = essence(value, expected) if isinstance(expected, list) else value
    assert found == {name: expected for name, (_, _, expected) in SNIPPETS.items()}
    assert "Authentication URL" not in terminal.seen


def test_question_mark_shows_signature_and_docstring(
    open_terminal: Callable[..., Terminal],
) -> None:
    """In IPython, ``?`` shows signature and docstring, ``??`` the source as well."""
    terminal = open_terminal(IPYTHON)
    terminal.type("import dtool_lookup_api", "from dtool_lookup_api import asynchronous, Client")
    for module in "dtool_lookup_api", "asynchronous", "Client":
        shown = terminal.type(f"{module}.get_datasets?")
        assert "free_text: str | None = None" in shown
        assert re.search(r"\) -> .*\bPage\[.*\bDataset\]", shown)
        assert "List a page of the datasets that you may search" in shown
        assert "def get_datasets(" not in shown
        assert "def get_datasets(" in terminal.type(f"{module}.get_datasets??")


# --- without a terminal --------------------------------------------------------------------

CATCH = """\
from dtool_lookup_api import get_datasets
try:
    get_datasets()
except RuntimeError as error:
    print(type(error).__name__, error)
"""


def assert_fails_at_once(output: str, started: float) -> None:
    """Check that a login has failed within seconds, and without a question."""
    assert output.startswith("AuthenticationError Authentication failed")
    assert "Authentication URL" not in output
    assert time.monotonic() - started < SECONDS / 2


@pytest.mark.parametrize("stdin", [subprocess.DEVNULL, subprocess.PIPE])
def test_without_a_terminal(environment: dict[str, str], stdin: int) -> None:
    """A batch job without credentials fails at once, and does not wait for input."""
    started = time.monotonic()
    command = [sys.executable, "-c", CATCH]
    with subprocess.Popen(
        command, env=environment, stdin=stdin, stdout=subprocess.PIPE, text=True
    ) as process:  # the pipe stays open, so reading it would block
        assert process.stdout is not None
        try:
            process.wait(SECONDS)
            assert_fails_at_once(process.stdout.read(), started)
        finally:
            process.kill()


@pytest.mark.parametrize("redirection", ["< /dev/null", "<&-", "2>&1 | cat"])
def test_redirected_in_a_terminal(
    environment: dict[str, str], tmp_path: Path, redirection: str
) -> None:
    """A script that has a terminal but doesn't read from it isn't asked for a password there."""
    script = tmp_path / "script.py"
    script.write_text(CATCH, encoding="utf-8")
    asks = redirection.endswith("cat")  # then there is somebody to ask
    started = time.monotonic()
    child = pexpect.spawn(
        "/bin/sh",
        ["-c", f"{sys.executable} {script} {redirection}"],
        env=environment,
        encoding="utf-8",
        timeout=SECONDS,
        dimensions=(50, 400),
    )
    try:
        if asks:
            child.expect("username:")
            child.sendcontrol("d")
            child.expect(pexpect.EOF)
            assert "Authentication failed" in child.before
        else:
            child.expect(pexpect.EOF)
            assert_fails_at_once(child.before, started)
    finally:
        child.close(force=True)
