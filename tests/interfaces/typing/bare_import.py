"""A program of 0.10 that imports the package only, read by type checkers: it is never run."""

from typing import assert_type

import dtool_lookup_api

dtool_lookup_api.core.config.Config.interactive = False
client = dtool_lookup_api.core.LookupClient.ConfigurationBasedLookupClient()
assert_type(client.lookup_url, str | None)
assert_type(dtool_lookup_api.version.version, str)
