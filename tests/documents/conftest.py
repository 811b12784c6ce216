"""Two agencies with an open round each."""

from __future__ import annotations

import pytest

from assessment.models import Round
from tests.world import World, make_round, world  # noqa: F401


@pytest.fixture
def here(world: World) -> Round:  # noqa: F811
    """The open round of «senate»."""
    return make_round(world.here, world)


@pytest.fixture
def there(world: World) -> Round:  # noqa: F811
    """The open round of «nso»: what must never leak."""
    return make_round(world.there, world)
