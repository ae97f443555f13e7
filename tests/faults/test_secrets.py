"""No token and no password shows in a log, a text, a traceback, a URL, a pickle or a file."""

import asyncio
import contextlib
import html as html_module
import io
import json
import logging
import os
import pickle
import socket
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import methodcaller
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest

import dtool_lookup_api
from dtool_lookup_api import (
    AsyncClient,
    AuthenticationError,
    Client,
    ConfigurationError,
    ConnectionFailedError,
    LookupServerError,
    asynchronous,
    synchronous,
)
from dtool_lookup_api.core import config
from dtool_lookup_api.core.auth import TokenAuth
from dtool_lookup_api.core.options import ClientOptions
from dtool_lookup_api.core.redaction import Secrets as SentSecrets
from dtool_lookup_api.core.responses import ApiResponse, RequestInfo
from dtool_lookup_api.core.settings import resolve_settings

import faults
import samples
from devserver import PASSWORDS, Dserver
from faults import (
    GET_ME,
    Ask,
    Endpoint,
    FaultServer,
    blocking_and_async,
    html,
)

pytestmark = pytest.mark.slow

OURS = [os.path.dirname(module.__file__) + os.sep for module in (dtool_lookup_api, httpx, httpcore)]
PATIENT: dict[str, float] = {"timeout": 20, "deadline": 40}
PASSWORD = 'open "sésame" & <sons>'
TOKEN = "configured-and-secret"
NO_LOGIN: dict[str, Any] = dict.fromkeys(("auth_url", "username", "password"))


class Watch(logging.Handler):
    """What was logged, in all the shapes that a formatter could give it."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        shown = [record.getMessage(), repr(record.args), repr(vars(record))]
        self.texts.append("\n".join(shown) + logging.Formatter().format(record))

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Log everything that any library has to say."""
    watch, root = Watch(), logging.getLogger()
    names = [None, "asyncio", "httpx", "httpcore", "dtool_lookup_api"]
    levels = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(1)
    root.addHandler(watch)
    yield watch
    root.removeHandler(watch)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@dataclass
class Secrets:
    """What must not be seen of an endpoint."""

    endpoint: Endpoint

    def assert_absent_from(self, text: str) -> None:
        """Look for them as they are, and as JSON or repr would write them."""
        held = [faults.PASSWORD, PASSWORD, TOKEN, *self.endpoint.tokens]
        for secret in held:
            for shape in (secret, json.dumps(secret)[1:-1], repr(secret)[1:-1]):
                assert shape not in text
        assert "sésame" not in text
        assert "s\\u00e9same" not in text


def everything_about(error: BaseException | None) -> str:
    """Return what a tool for errors could show: texts, causes, and variables of frames."""
    shown: list[str] = []
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        shown += [str(each), repr(each), repr(each.args), repr(vars(each))]
        shown += traceback.format_exception(each)
        displayed = error is each or error.__cause__ is each or not error.__suppress_context__
        for value in variables(each.__traceback__, OURS, displayed):
            shown += [repr(value), *walked(value)]
        waiting += [each.__cause__, each.__context__]
    return "\n".join(shown)


def walked(value: Any, depth: int = 5) -> Iterator[str]:
    """Yield what is shown by tools like Sentry, which walk through collections."""
    if depth and isinstance(value, dict):
        yield from walked(list(value.items()), depth)
    elif depth and isinstance(value, (list, tuple, set, frozenset)):
        for each in list(value):
            yield from walked(each, depth - 1)
    else:
        yield repr(value)


def variables(tb: types.TracebackType | None, places: list[str], displayed: bool) -> Iterator[Any]:
    """Yield the variables of frames: of this package's, and where they are displayed of httpx's."""
    places = places if displayed else places[:1]
    for frame, _ in traceback.walk_tb(tb):
        if frame.f_code.co_filename.startswith(tuple(places)):
            yield from frame.f_locals.values()


@contextlib.contextmanager
def caught() -> Iterator[list[BaseException]]:
    """Catch what the block raises, if anything, and keep its traceback."""
    errors: list[BaseException] = []
    try:
        yield errors
    except Exception as error:
        errors.append(error)


# --- logs, errors, tracebacks, URLs -------------------------------------------------------


def _nothing(endpoint: Endpoint) -> dict[str, Any]:
    return {}


def _scripted(fault: faults.Fault) -> Callable[[Endpoint], dict[str, Any]]:
    def prepare(endpoint: Endpoint) -> dict[str, Any]:
        endpoint.script(always=fault)
        return {}

    return prepare


def _generator(fault: faults.Fault, **given: Any) -> Callable[[Endpoint], dict[str, Any]]:
    def prepare(endpoint: Endpoint) -> dict[str, Any]:
        endpoint.token_script(always=fault)
        return given

    return prepare


def _expired(endpoint: Endpoint) -> dict[str, Any]:
    endpoint.script(faults.token_expired)
    return {}


def _expired_and_refused(endpoint: Endpoint) -> dict[str, Any]:
    endpoint.token_script(always=faults.login_refused)
    return {"token": endpoint.new_token(-1)}


def _configured(endpoint: Endpoint) -> dict[str, Any]:
    return {**NO_LOGIN, "token": endpoint.new_token()}


def _configured_and_expired(endpoint: Endpoint) -> dict[str, Any]:
    return {**NO_LOGIN, "token": endpoint.new_token(-1)}


def _down(endpoint: Endpoint) -> dict[str, Any]:
    return {"url": f"http://{faults.HOST}:{faults.closed_port()}"}


def _generator_down(endpoint: Endpoint) -> dict[str, Any]:
    return {"auth_url": f"http://{faults.HOST}:{faults.closed_port()}"}


async def _drop_the_rest(exchange: faults.Exchange) -> None:
    await exchange.send(exchange.right[:-30])
    exchange.writer.close()


def _echo(kind: str) -> faults.Fault:
    """Answer with nothing but what was sent, as this or that server writes it."""

    async def fault(exchange: faults.Exchange) -> None:
        request = exchange.request
        body = json.loads(request.body) if request.body else {}
        password = str(body.get("password", ""))
        texts = {
            "body": request.body.decode(),
            "header": f"bad header Authorization: {request.headers.get('authorization')}",
            "bare token": f"bad token {request.token}",
            "password": f"bad password {password}",
            "page": f"<p>bad: {html_module.escape(request.body.decode())}</p>",
            "page with password": f"<p>bad: {html_module.escape(password)}</p>",
            "careless page": f"<p>bad: {password}</p>",
        }
        if kind == "message":
            content = json.dumps({"msg": f"bad password {password}"})
        elif kind == "member":
            content = json.dumps({"given": body, "Authorization": request.headers.get("x")})
        else:
            content = texts[kind]
        await exchange.send(faults.answer(500, content, "text/html"))

    return fault


ECHOES = ["body", "header", "bare token", "password", "page", "page with password"]
ECHOES += ["careless page", "message", "member"]


async def _bare(exchange: faults.Exchange) -> None:
    await exchange.send(faults.answer(200, exchange.endpoint.new_token(), "text/plain"))


async def _in_error(exchange: faults.Exchange) -> None:
    text = f"This token was not stored: {exchange.endpoint.new_token()}"
    await exchange.send(faults.answer(500, text, "text/plain"))


def _with_token(status: int, value: str, **headers: str) -> faults.Fault:
    """Answer with texts in which %s is the token that was sent."""

    async def fault(exchange: faults.Exchange) -> None:
        token = str(exchange.request.token)
        shown = {name: text.replace("%s", token) for name, text in headers.items()}
        await exchange.send(faults.answer(status, value.replace("%s", token), **shown))

    return fault


def _opaque(fault: faults.Fault) -> Callable[[Endpoint], dict[str, Any]]:
    def prepare(endpoint: Endpoint) -> dict[str, Any]:
        endpoint.script(always=fault)
        return {**NO_LOGIN, "token": TOKEN}

    return prepare


SITUATIONS: dict[str, Callable[[Endpoint], dict[str, Any]]] = {
    **{f"server echoes {kind}": _scripted(_echo(kind)) for kind in ECHOES},
    **{f"generator echoes {kind}": _generator(_echo(kind)) for kind in ECHOES},
    **{
        f"generator echoes {kind}, odd password": _generator(_echo(kind), password=PASSWORD)
        for kind in ECHOES
    },
    "a refusal with the token": _scripted(_with_token(401, '{"msg": "bad token %s"}')),
    "a refusal of a token that is early": _scripted(
        _with_token(401, '{"msg": "%s is not yet valid"}')
    ),
    "field errors with the token": _scripted(
        _with_token(422, '{"code": 422, "errors": {"headers": {"Authorization": ["Bearer %s"]}}}')
    ),
    "an opaque token in a message": _opaque(_with_token(500, '{"code": 500, "message": "%s"}')),
    "an opaque token in field errors": _opaque(
        _with_token(422, '{"code": 422, "errors": {"%s": [{"a": "%s"}]}}')
    ),
    "all is well": _nothing,
    "a configured token": _configured,
    "an expired token": _expired,
    "an expired configured token": _configured_and_expired,
    "an expired configured token and a refused login": _expired_and_refused,
    "a token refused": _scripted(faults.token_garbage),
    "a proxy that echoes": _scripted(faults.echoing),
    "a token as the whole answer": _scripted(
        lambda exchange: exchange.send(faults.answer(400, json.dumps(exchange.request.headers)))
    ),
    "errors": _scripted(html(500)),
    "tries": _scripted(html(503)),
    "resets": _scripted(faults.reset_before),
    "a redirect": _scripted(faults.redirect_elsewhere),
    "broken JSON": _scripted(faults.broken_json),
    "down": _down,
    "generator down": _generator_down,
    "login refused": _generator(faults.login_refused),
    "wrong password": _generator(faults.login_refused, password=PASSWORD),
    "login without a token": _generator(faults.no_token),
    "generator echoes": _generator(faults.echoing),
    "generator echoes the other password": _generator(faults.echoing, password=PASSWORD),
    "generator cuts its answer": _generator(_drop_the_rest),
    "generator redirects": _generator(faults.redirect_elsewhere),
    "generator makes garbage": _generator(faults.garbage_tokens),
    "generator sends a token with an error": _generator(faults.replying(500, {"token": TOKEN})),
    "generator sends a token of two lines": _generator(
        faults.replying(200, {"token": TOKEN + "\n" + TOKEN})
    ),
    "generator sends a list": _generator(faults.replying(200, ["access", TOKEN])),
    "generator sends a token as text": _generator(_bare),
    "generator sends a token in an error's text": _generator(_in_error),
}


@blocking_and_async
@pytest.mark.parametrize("situation", SITUATIONS)
def test_no_secret_shows(
    endpoint: Endpoint, watch: Watch, ask: Ask, situation: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever happens to a call, what is logged, raised, printed or sent as URL can be shown."""
    given = {**PATIENT, "retries": 1, **SITUATIONS[situation](endpoint)}
    with caught() as errors:
        ask(endpoint, GET_ME, methodcaller("get_datasets", free_text="a"), **given)
    secrets = Secrets(endpoint)
    assert watch.texts
    secrets.assert_absent_from(watch.text)
    secrets.assert_absent_from("".join(capsys.readouterr()))
    for error in errors:
        assert isinstance(error, LookupServerError)
        secrets.assert_absent_from(everything_about(error))
        with contextlib.suppress(UnicodeDecodeError):
            secrets.assert_absent_from(pickle.dumps(error).decode("latin-1"))
    for request in endpoint.requests + endpoint.token_requests:
        secrets.assert_absent_from(request.raw_target)


@pytest.mark.parametrize(
    "headers", [{"X-Echo": "%s"}, {"Location": "http://x/%s"}, {"Location": "/?key=another-secret"}]
)
def test_no_secret_of_a_header_shows(endpoint: Endpoint, headers: dict[str, str]) -> None:
    """Nor what a redirect carries to another place, which httpcore alone logs."""
    endpoint.script(always=_with_token(302, "", **headers))
    with caught() as errors, Client(endpoint.url, token=TOKEN, **PATIENT) as client:
        client.get_me()
    text = everything_about(errors[0])
    assert "Redirected to" in text
    assert "another-secret" not in text
    assert TOKEN not in text


def test_asyncio_in_debug_mode_shows_no_secret(endpoint: Endpoint, watch: Watch) -> None:
    """Not even asyncio's debug mode, which writes what tasks do, shows one."""

    async def main() -> None:
        asyncio.get_running_loop().slow_callback_duration = 0  # so that it writes all
        async with AsyncClient(endpoint.url, **endpoint.login, **PATIENT) as client:
            await asyncio.gather(*(client.get_me() for _ in range(3)))
            endpoint.token_script(always=faults.login_refused)
            endpoint.expire_tokens()
            with pytest.raises(AuthenticationError):
                await client.get_me()

    asyncio.run(main(), debug=True)
    assert "Executing" in watch.text
    Secrets(endpoint).assert_absent_from(watch.text)


@blocking_and_async
def test_a_failed_renewal_shows_no_secret(endpoint: Endpoint, watch: Watch, ask: Ask) -> None:
    """So it is when an old token is at hand and the new one doesn't come."""
    ask(endpoint, **PATIENT)
    endpoint.expire_tokens()
    endpoint.token_script(always=faults.login_refused)
    with caught() as errors:
        ask(endpoint, **PATIENT)
    assert type(errors[0]) is AuthenticationError
    Secrets(endpoint).assert_absent_from(everything_about(errors[0]) + watch.text)


# --- settings -----------------------------------------------------------------------------

WRONG: dict[str, dict[str, str]] = {
    "timeout": {"DSERVER_TIMEOUT": "soon"},
    "retries": {"DSERVER_RETRIES": "-1"},
    "verify": {"DSERVER_VERIFY_SSL": "perhaps"},
    "certificate": {"DSERVER_VERIFY_SSL": "/nowhere/at/all.pem"},
    "switch": {"DSERVER_DISABLE_AUTHENTICATION": "perhaps"},
    "url": {"DSERVER_URL": "no url"},
    "url with a password": {"DSERVER_URL": f"https://alice:{TOKEN}@dserver.example"},
    "url with a password but no scheme": {"DSERVER_URL": f"alice:{TOKEN}@dserver.example"},
    "url with a password and a wrong port": {"DSERVER_URL": f"https://alice:{TOKEN}@host:port"},
    "url with a token": {"DSERVER_URL": f"https://dserver.example/?token={TOKEN}"},
    "url with a token as fragment": {"DSERVER_URL": f"https://dserver.example/#{TOKEN}"},
    "generator with a password": {"DSERVER_TOKEN_GENERATOR_URL": f"https://a:{TOKEN}@host/token"},
    "generator with a token": {"DSERVER_TOKEN_GENERATOR_URL": f"https://host/?t={TOKEN}"},
    "token of two lines": {"DSERVER_TOKEN": f"{TOKEN}\n{TOKEN}"},
    "token with an accent": {"DSERVER_TOKEN": f"{TOKEN}é"},
    "password that is not UTF-8": {"DSERVER_TOKEN": "", "DSERVER_PASSWORD": f"{TOKEN}\udcff"},
    "API key that is not UTF-8": {"DSERVER_TOKEN": "", "DSERVER_API_KEY": f"{TOKEN}\udcff"},
    "socks proxy": {"HTTP_PROXY": f"socks5://alice:{TOKEN}@127.0.0.1:1"},
    "proxy with a wrong port": {"HTTP_PROXY": f"http://alice:{TOKEN}@127.0.0.1:99999"},
    "proxy of an unknown kind": {"HTTP_PROXY": f"garbage://alice:{TOKEN}@127.0.0.1:1"},
    "proxy that is down": {"HTTP_PROXY": f"http://alice:{TOKEN}@127.0.0.1:1"},
}


@pytest.mark.parametrize("mode", ["blocking", "async"])
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_shows_no_secret(
    endpoint: Endpoint, watch: Watch, monkeypatch: pytest.MonkeyPatch, mode: str, name: str
) -> None:
    """A setting that can't be used is an error that shows neither it nor the rest of them."""
    values = {
        "DSERVER_URL": endpoint.url,
        "DSERVER_TOKEN_GENERATOR_URL": endpoint.token_url,
        "DSERVER_USERNAME": faults.USERNAME,
        "DSERVER_PASSWORD": faults.PASSWORD,
        "DSERVER_RETRIES": "0",
        "DSERVER_TOKEN": endpoint.new_token(),
        **WRONG[name],
    }
    for key, value in values.items():
        monkeypatch.setenv(key, value)
    with caught() as errors:
        if mode == "blocking":
            synchronous.get_me()
        else:
            asyncio.run(asynchronous.get_me())
    assert isinstance(errors[0], LookupServerError)
    Secrets(endpoint).assert_absent_from(everything_about(errors[0]) + watch.text)
    assert not endpoint.requests


NOWHERE = {"url": "http://127.0.0.1:1", "auth_url": "http://127.0.0.1:1"}


@pytest.mark.parametrize(
    "given",
    [
        {"url": f"https://alice:{TOKEN}@dserver.example/lookup"},
        {"url": f"https://dserver.example/lookup?token={TOKEN}"},
        {"url": "https://dserver.example", "token": f"{TOKEN}\n{TOKEN}"},
        {"url": "https://dserver.example", "password": TOKEN, "timeout": "soon"},
        {"url": "https://dserver.example", "auth_url": f"https://a:{TOKEN}@host", "token": "t"},
        {**NOWHERE, "username": "u", "password": TOKEN.encode()},
        {**NOWHERE, "username": "u", "password": [TOKEN]},
        {**NOWHERE, "username": "u", "password": f"{TOKEN}\udcff"},
        {**NOWHERE, "username": "\udcff", "password": TOKEN},
        {"url": "https://dserver.example", "password": TOKEN, "api_key": 7},
        {"url": "https://dserver.example", "password": TOKEN, "token": 7},
        {"url": "https://dserver.example", "password": TOKEN, "auth_url": b"https://host"},
    ],
)
def test_a_wrong_argument_shows_no_secret(given: dict[str, Any]) -> None:
    """So it is with what a client is given."""
    client = Client(**given)
    with pytest.raises((ConfigurationError, AuthenticationError)) as info:
        client.get_me()
    error = info.value
    del info
    things = client, AsyncClient(**given), ClientOptions().changed(**given)
    text = everything_about(error) + repr(things)
    assert TOKEN not in text


# --- reprs and pickles --------------------------------------------------------------------


def shapes_of(thing: object) -> str:
    """Return how a thing shows itself."""
    stream = io.StringIO()
    print(thing, [thing], f"{thing}", file=stream)
    return repr(thing) + str(thing) + stream.getvalue()


def test_reprs(dserver: Dserver, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever of this package is printed, no secret is."""
    given = {"url": endpoint.url, **endpoint.login, "token": TOKEN}
    monkeypatch.setenv("DSERVER_URL", endpoint.url)
    monkeypatch.setenv("DSERVER_TOKEN", TOKEN)
    monkeypatch.setenv("DSERVER_PASSWORD", faults.PASSWORD)
    settings = resolve_settings(ClientOptions().changed(**given))
    call = RequestInfo("get_me", "GET", endpoint.url, settings, SentSecrets(faults.PASSWORD))
    things = [
        Client(**given),
        AsyncClient(**given),
        ClientOptions().changed(**given),
        settings,
        settings.connection_key,
        config.Config,
        call,
        ApiResponse(call, 200, {}, json.dumps({"token": TOKEN}).encode()),
        TokenAuth(settings),
        call.error(AuthenticationError, "no"),
    ]
    for thing in things:
        Secrets(endpoint).assert_absent_from(shapes_of(thing))
    assert endpoint.url in repr(Client(**given))
    assert faults.USERNAME in repr(settings)


def test_pickles(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pickle, which may end in a file, holds the settings without the secrets."""
    given = {"url": endpoint.url, **endpoint.login, **PATIENT}
    with Client(**given) as client:
        client.get_me()
        copies = [
            pickle.dumps(thing, protocol)
            for thing in (client, Client(token=TOKEN, **given), AsyncClient(token=TOKEN, **given))
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
        ]
    for data in copies:
        Secrets(endpoint).assert_absent_from(data.decode("latin-1"))
        copy = pickle.loads(data)
        assert endpoint.url in repr(copy)
    with pickle.loads(copies[0]) as copy, pytest.raises(ConfigurationError, match="password"):
        copy.get_me()


def test_typed_answers_are_not_pickled_with_the_config(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was typed at a prompt isn't in a pickle of the configuration."""
    monkeypatch.setattr("builtins.input", lambda _="": faults.USERNAME)
    monkeypatch.setattr("getpass.getpass", lambda _="": faults.PASSWORD)
    own = config.DtoolLookupAPIConfig(interactive=True)
    monkeypatch.setattr(config, "Config", own)
    monkeypatch.setenv("DSERVER_URL", endpoint.url)
    monkeypatch.setenv("DSERVER_TOKEN_GENERATOR_URL", endpoint.token_url)
    assert synchronous.get_me() == samples.USER
    Secrets(endpoint).assert_absent_from(pickle.dumps(own).decode("latin-1") + shapes_of(own))


# --- the disk -----------------------------------------------------------------------------


@blocking_and_async
def test_nothing_is_written(
    endpoint: Endpoint, own_configuration: Path, tmp_path: Path, ask: Ask
) -> None:
    """A login leaves no file behind, and an existing dtool.json as it is."""
    ask(endpoint, **PATIENT)
    assert list(tmp_path.iterdir()) == []
    own_configuration.write_text('{"DSERVER_RETRIES": 1}', encoding="utf-8")
    before = own_configuration.stat()
    endpoint.expire_tokens()
    ask(endpoint, **PATIENT)
    assert len(endpoint.token_requests) == 2
    after = own_configuration.stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)
    assert os.listdir(tmp_path) == [own_configuration.name]


# --- on the way ---------------------------------------------------------------------------


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the hosts that are looked up, none of which is found: nothing leaves."""
    hosts: list[str] = []
    original = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        if name in (faults.HOST, "localhost", "::1"):
            return original(host, *arguments, **options)
        hosts.append(name)
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return hosts


UNSAFE = ["http://dserver.example", "http://127.evil.example:5000/x", "http://localhost.example"]


@blocking_and_async
@pytest.mark.parametrize("url", UNSAFE)
def test_http_to_another_host_warns_first(
    endpoint: Endpoint, looked_up: list[str], ask: Ask, url: str
) -> None:
    """A token goes unencrypted to another machine only after a warning, which can be an error."""
    with pytest.raises(UserWarning, match=f"^{url.removesuffix('/x')} is not encrypted"):
        ask(endpoint, url=url, token=TOKEN, retries=0, **{**NO_LOGIN, **PATIENT})
    assert looked_up == []
    with pytest.raises(UserWarning, match="is not encrypted"):
        ask(endpoint, auth_url=url, retries=0, **PATIENT)
    assert looked_up == []


@blocking_and_async
def test_http_to_another_host_warns_once(
    endpoint: Endpoint, looked_up: list[str], ask: Ask
) -> None:
    """There is one warning for a client, however many calls it makes."""

    def caught_call(client: Any) -> Any:
        found = pytest.raises(ConnectionFailedError, match="DSERVER_URL")
        if isinstance(client, Client):
            with found:
                client.get_me()
            return None

        async def call() -> None:
            with found:
                await client.get_me()

        return call()

    given = {**NO_LOGIN, "url": UNSAFE[0], "token": TOKEN, "retries": 0, **PATIENT}
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        ask(endpoint, *[caught_call] * 3, **given)
    texts = [str(each.message) for each in raised]
    assert len(texts) == 1, texts
    assert "tokens and passwords can be read" in texts[0]
    assert TOKEN not in texts[0]
    assert looked_up == ["dserver.example"] * 3


@blocking_and_async
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_http_to_this_machine_does_not_warn(
    fault_server: FaultServer, endpoint: Endpoint, ask: Ask, host: str
) -> None:
    """A server on this machine is used without encryption and without warning."""
    urls = {
        "url": endpoint.url.replace(faults.HOST, host),
        "auth_url": endpoint.token_url.replace(faults.HOST, host),
    }
    assert ask(endpoint, **urls, **PATIENT) == samples.USER


def test_https_to_another_host_does_not_warn(endpoint: Endpoint, looked_up: list[str]) -> None:
    """Nor does one anywhere that is encrypted."""
    with pytest.raises(ConnectionFailedError):
        faults.ask_blocking(endpoint, url="https://dserver.example", token=TOKEN, retries=0)
    assert looked_up == ["dserver.example"]


def test_passwords_of_the_real_server(dserver: Dserver, watch: Watch) -> None:
    """With the real server, too, nothing that is logged holds a password or a token."""
    with Client(**dserver.given("researcher"), **PATIENT) as client:
        client.get_me()
        client.get_config()
    with pytest.raises(AuthenticationError) as info:
        Client(**{**dserver.given("researcher"), "password": PASSWORD}, **PATIENT).get_me()
    error = info.value
    del info
    text = watch.text + everything_about(error)
    assert PASSWORDS["researcher"] not in text
    assert PASSWORD not in text
    assert "eyJ" not in text, "as every token begins"
