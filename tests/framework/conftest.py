"""The small world of two agencies, for the tests of this package."""

from tests.world import world  # noqa: F401
