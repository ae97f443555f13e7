"""What httpx has no public way for, compared with what it makes itself."""

import httpx
import pytest

from dtool_lookup_api.core.httpx_connection import url_below


@pytest.mark.parametrize(
    "target",
    [
        "/uuids/1a1f9fad-8589-413e-9602-5bbd66bfe675?sort=-name%2Curi&page=1&page_size=10",
        "/readmes/s3%3A%2F%2Ftest-bucket%2F1a1f9fad-8589-413e-9602-5bbd66bfe675",
        "/lookup/v1.0/users/a.b_c~d-e?q=a+b&r=%C3%A9?x=/",
        "/",
        "/a?",
        "",
        "/users/..",
        "/a/./b",
        "/a b/é?q=ü",
        "/a%",
        "/a%zz?b=%",
        "/a#b",
        "/a?b=[1]",
    ],
)
@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:5000", "https://dserver.example", "http://[::1]:80"]
)
def test_urls_are_those_that_httpx_parses(origin: str, target: str) -> None:
    """What is not parsed anew is what parsing would have made of it."""
    found = url_below(httpx.URL(origin), target)
    parsed = httpx.URL(origin + target)
    assert found == parsed
    assert (found.raw_path, found.raw_host, found.port) == (
        parsed.raw_path,
        parsed.raw_host,
        parsed.port,
    )
