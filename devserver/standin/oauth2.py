"""The OAuth2 token generator, which exchanges the API key for tokens."""

from datetime import timedelta
from typing import Any

from flask import current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from flask_jwt_extended import create_access_token, decode_token
from flask_smorest import Blueprint
from jwt.exceptions import PyJWTError

from . import API_KEY

ISSUER = "dserver"

blueprint = Blueprint("auth", __name__, url_prefix="/auth")


@blueprint.route("/token", methods=["GET"])
def get_session_token() -> ResponseReturnValue:
    """Refuse: there are no browser sessions here."""
    return _refused(401, "Not authenticated", login_url=_login_url())


@blueprint.route("/token", methods=["POST"])
def create_token() -> ResponseReturnValue:
    """Exchange the API key for a token of any user, registered or not."""
    data = request.get_json()  # which answers 415 to what is not JSON, and 400 to what is broken
    if not data or not data.get("api_key") or not data.get("username"):
        return _refused(400, "Missing api_key or username")
    if data["api_key"] != API_KEY:
        return _refused(401, "Invalid credentials")
    return _new_token(data["username"]) | {"username": data["username"]}


@blueprint.route("/refresh", methods=["POST"])
def refresh_token() -> ResponseReturnValue:
    """Exchange a valid token of this generator for a new one."""
    data = request.get_json()
    if not data or "token" not in data:
        return _refused(400, "Missing token")
    claims = _claims(data["token"])
    return _new_token(claims["sub"]) if claims else _refused(401, "Invalid or expired token")


@blueprint.route("/verify", methods=["POST"])
def verify_token() -> ResponseReturnValue:
    """Return the claims of a valid token of this generator."""
    data = request.get_json()
    if not data or "token" not in data:
        return _refused(400, "Missing token")
    claims = _claims(data["token"])
    if not claims:
        return _refused(401, "Invalid or expired token")
    return {"valid": True, "claims": claims}


@blueprint.route("/info", methods=["GET"])
def auth_info() -> ResponseReturnValue:
    """Return the identity provider."""
    return {"provider": "standin", "login_url": _login_url(), "configured": False}


def _login_url() -> str:
    return url_for("auth.get_session_token", _external=True).replace("/token", "/login")


def _refused(status: int, error: str, **more: str) -> ResponseReturnValue:
    return jsonify({"error": error, **more}), status


def _new_token(username: str) -> dict[str, Any]:
    token = create_access_token(
        username,
        expires_delta=timedelta(seconds=current_app.extensions["standin"].token_lifetime),
        additional_claims={"iss": ISSUER, "permissions": ["search", "retrieve"]},
    )
    return {"token": token, "token_type": "Bearer"}


def _claims(token: str) -> dict[str, Any] | None:
    try:
        claims: dict[str, Any] = decode_token(token)
    except PyJWTError:
        return None
    return claims if claims.get("iss") == ISSUER else None
