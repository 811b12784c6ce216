"""Who is responsible for an activity."""

from __future__ import annotations

import uuid

from django.db import models

from organizations.enums import OwnerKind
from thai.collation import thai_order

from .agency import Agency
from .versioned import Versioned


class OwnerQuerySet(models.QuerySet["Owner"]):
    """Reading owners."""

    def current(self) -> OwnerQuerySet:
        """Owners that can be chosen today."""
        return self.filter(withdrawn_at__isnull=True)

    def units(self) -> OwnerQuerySet:
        """Owners that are part of the organisation chart."""
        return self.filter(kind=OwnerKind.UNIT)

    def in_thai_order(self) -> OwnerQuerySet:
        """Dictionary order of the names."""
        return self.order_by(*thai_order("name"))


class Owner(Versioned):
    """A unit, a committee, a secretariat role or a class of units of one agency; never a user.

    Owners that were printed once stay: they are withdrawn, not deleted.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="owners")
    name = models.CharField("ชื่อ", max_length=200)
    abbreviation = models.CharField("อักษรย่อ", max_length=40, blank=True)
    kind = models.CharField("ประเภท", max_length=20, choices=OwnerKind, default=OwnerKind.UNIT)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = OwnerQuerySet.as_manager()

    class Meta:
        verbose_name = "ผู้รับผิดชอบ"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "name"],
                name="organizations_owner_name_unique",
                violation_error_message="มีผู้รับผิดชอบชื่อนี้แล้ว",
            )
        ]

    def __str__(self) -> str:
        return self.name
