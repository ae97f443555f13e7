"""The version, where dtool-lookup-api 0.10 had it; ``dtool_lookup_api.__version__`` is the same."""

from ._version import __version__ as version

__all__ = ["version"]
