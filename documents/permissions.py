"""What a person may do with a print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rules

from assessment.permissions import runs_round

if TYPE_CHECKING:
    from organizations.models import User

    from .models import Job


@rules.predicate
def cancels_export(user: User, job: Job) -> bool:
    """Stops a print: whoever asked for it, and whoever runs the year; others of the agency only watch it."""
    return job.requested_by_id == user.pk or runs_round(user, job.round)
