from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.error_errors import ErrorErrors


T = TypeVar("T", bound="Error")


@_attrs_define
class Error:
    """Why the server refused the request. For a token, `msg` alone. Otherwise `code` and `status`, and `errors` for fields
    or parameters.

    """

    code: int | Unset = UNSET
    """ HTTP status. """
    error: str | Unset = UNSET
    """ The error, from the OAuth2 token generator. """
    errors: ErrorErrors | Unset = UNSET
    """ Errors in the request, by location (`json` for the body, `query` for parameters) and field. Each is a list
    of texts. """
    login_url: str | Unset = UNSET
    """ URL where a browser can log in, from the OAuth2 token generator. """
    message: str | Unset = UNSET
    """ What went wrong. This server omits it. """
    msg: str | Unset = UNSET
    """ Why the token was refused. """
    status: str | Unset = UNSET
    """ Name of the HTTP status. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        error = self.error

        errors: dict[str, Any] | Unset = UNSET
        if not isinstance(self.errors, Unset):
            errors = self.errors.to_dict()

        login_url = self.login_url

        message = self.message

        msg = self.msg

        status = self.status

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if code is not UNSET:
            field_dict["code"] = code
        if error is not UNSET:
            field_dict["error"] = error
        if errors is not UNSET:
            field_dict["errors"] = errors
        if login_url is not UNSET:
            field_dict["login_url"] = login_url
        if message is not UNSET:
            field_dict["message"] = message
        if msg is not UNSET:
            field_dict["msg"] = msg
        if status is not UNSET:
            field_dict["status"] = status

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.error_errors import ErrorErrors

        d = dict(src_dict)
        code = d.pop("code", UNSET)

        error = d.pop("error", UNSET)

        _errors = d.pop("errors", UNSET)
        errors: ErrorErrors | Unset
        if isinstance(_errors, Unset):
            errors = UNSET
        else:
            errors = ErrorErrors.from_dict(_errors)

        login_url = d.pop("login_url", UNSET)

        message = d.pop("message", UNSET)

        msg = d.pop("msg", UNSET)

        status = d.pop("status", UNSET)

        error = cls(
            code=code,
            error=error,
            errors=errors,
            login_url=login_url,
            message=message,
            msg=msg,
            status=status,
        )

        error.additional_properties = d
        return error

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
