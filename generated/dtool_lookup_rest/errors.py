"""Contains shared errors types that can be raised from API functions"""


class UnexpectedStatus(Exception):
    """Raised by API functions if the response has a status that is not a documented success"""

    def __init__(self, status_code: int, content: bytes):
        self.status_code = status_code
        self.content = content

        super().__init__(
            f"Unexpected status code: {status_code}\n\nResponse content:\n{content.decode(errors='ignore')}"
        )


UNREADABLE = (AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What parsing a body raises that is not as documented."""

__all__ = ["UNREADABLE", "UnexpectedStatus"]
