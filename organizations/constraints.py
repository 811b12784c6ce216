"""Constraints that several models share, with messages for people."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


def both_or_neither(at: str, by: str, *, name: str, message: str) -> models.CheckConstraint:
    """A time and the person who acted stand together or not at all: nothing happens without somebody."""
    return models.CheckConstraint(
        condition=Q(**{at: None, by: None}) | Q(**{f"{at}__isnull": False, f"{by}__isnull": False}),
        name=name,
        violation_error_message=message,
    )
