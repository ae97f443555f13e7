"""The next server, which has not been released: dservercore 0.22.0 with the changes of 0.23.

The released server is changed before it makes its application (`evolve`), and gets two more
plugins afterwards (`extend`): signed URLs, and the OAuth2 token generator. What it holds, and
what refuses whom, is the released server's work.
"""

import re
from argparse import Namespace
from dataclasses import dataclass, fields
from typing import Any, Self

from flask import Flask, request
from flask_smorest import Api, abort

API_KEY = "standin_api_key"


@dataclass
class Options:
    """Options of the stand-in."""

    storing: bool
    """Write READMEs, annotations and tags to the index too, which the plugins 0.4.2 do not."""
    token_lifetime: float
    """In seconds."""
    url_lifetime: int | None
    """Lifetime of signed URLs in seconds; None for the default."""
    completion_ms: float
    """Delay in completing an upload, in milliseconds per item."""

    @classmethod
    def chosen(cls, arguments: Namespace) -> Self:
        """Return the options of the command line."""
        return cls(*(getattr(arguments, each.name) for each in fields(cls)))


def evolve() -> None:
    """Change dservercore, which has been imported and has made no application yet."""
    from . import models

    models.change()
    from . import routes  # noqa: F401  adds itself to what dservercore has


def extend(app: Flask, options: Options, objects: Any) -> None:
    """Add the plugins of the next server to an application."""
    from . import oauth2, signed_urls

    app.extensions["standin"] = options
    app.extensions["objects"] = objects
    api: Api = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    api.register_blueprint(signed_urls.blueprint)
    api.register_blueprint(oauth2.blueprint)
    app.before_request(_UnknownParameters(api))


class _UnknownParameters:
    """Refuse query parameters that the published document does not name.

    No dserver does so; here it detects a client that sends a body that is not read.
    """

    def __init__(self, api: Api) -> None:
        self._paths: dict[str, Any] = api.spec.to_dict()["paths"]

    def __call__(self) -> None:
        rule = request.url_rule
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) if rule else ""
        operation = self._paths.get(path, {}).get(request.method.lower(), {})
        known = {parameter["name"] for parameter in operation.get("parameters", [])}
        if unknown := request.args.keys() - known:
            abort(422, errors={"query": {name: ["Unknown field."] for name in unknown}})
