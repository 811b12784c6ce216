"""Public bodies: the tenants of this installation and those that only appear as examples."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models

from organizations.enums import AgencyKind

from .versioned import Versioned

if TYPE_CHECKING:
    from .user import User


class AgencyQuerySet(models.QuerySet["Agency"]):
    """Reading agencies."""

    def hosted(self) -> AgencyQuerySet:
        """The tenants: agencies that work in this installation."""
        return self.filter(hosted=True)

    def visible_to(self, user: User) -> AgencyQuerySet:
        """The tenants whose pages this person may open."""
        if user.is_installation_admin:
            return self.hosted()
        return self.hosted().filter(pk__in=[membership.agency_id for membership in user.current_memberships])


class Agency(Versioned):
    """One public body; `hosted` ones have members, owners and rounds here."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField("รหัส", max_length=40, unique=True, help_text="ตัวอักษรอังกฤษ ตัวเลข และขีด เช่น nso")
    name = models.CharField("ชื่อหน่วยงาน", max_length=200)
    short_name = models.CharField("ชื่อย่อ", max_length=40, blank=True)
    kind = models.CharField("ประเภท", max_length=20, choices=AgencyKind, default=AgencyKind.DEPARTMENT)
    hosted = models.BooleanField("ใช้งานระบบนี้", default=False)
    four_eyes = models.BooleanField("ผู้ส่งหมวดเห็นชอบหมวดนั้นเองไม่ได้", default=False)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name = "หน่วยงาน"
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                name="organizations_agency_name_unique",
                violation_error_message="มีหน่วยงานชื่อนี้แล้ว",
            )
        ]

    def __str__(self) -> str:
        return self.name
