"""Who does what in an agency."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from organizations.constraints import both_or_neither
from organizations.enums import Role

from .agency import Agency
from .owner import Owner


def _unique_while_current(name: str, *, fields: list[str], condition: Q) -> models.UniqueConstraint:
    """Nobody holds the same current role twice."""
    return models.UniqueConstraint(
        fields=["user", "agency", "role", *fields],
        condition=Q(ended_at=None) & condition,
        name=f"organizations_membership_unique_{name}",
        violation_error_message="ผู้ใช้นี้มีบทบาทนี้อยู่แล้ว",
    )


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Reading memberships."""

    def current(self) -> MembershipQuerySet:
        """Memberships that have not ended, of people who may sign in."""
        return self.filter(ended_at__isnull=True, user__is_active=True)


class Membership(models.Model):
    """One role of one person in one agency; it ends, it is not deleted.

    `category` is a plain number 1–7, so that this package need not know the framework.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField("บทบาท", max_length=20, choices=Role)
    category = models.PositiveSmallIntegerField("หมวด", null=True, blank=True)
    unit = models.ForeignKey(
        Owner, on_delete=models.PROTECT, null=True, blank=True, verbose_name="หน่วยงานย่อย"
    )
    started_at = models.DateTimeField(auto_now_add=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "สมาชิก"
        constraints = [
            models.CheckConstraint(
                condition=Q(role=Role.COMMITTEE, category__range=(1, 7))
                | (~Q(role=Role.COMMITTEE) & Q(category=None)),
                name="organizations_membership_category",
                violation_error_message="คณะทำงานต้องระบุหมวด 1–7 บทบาทอื่นไม่ต้องระบุหมวด",
            ),
            models.CheckConstraint(
                condition=Q(role=Role.UNIT_OFFICER, unit__isnull=False)
                | (~Q(role=Role.UNIT_OFFICER) & Q(unit__isnull=True)),
                name="organizations_membership_unit",
                violation_error_message="เจ้าหน้าที่หน่วยงานย่อยต้องระบุหน่วยงาน บทบาทอื่นไม่ต้องระบุ",
            ),
            both_or_neither(
                "ended_at",
                "ended_by",
                name="organizations_membership_both_ended",
                message="การสิ้นสุดสมาชิกต้องมีทั้งเวลาและผู้ดำเนินการ",
            ),
            # Three constraints because NULLs are distinct in a unique index and only PostgreSQL can say otherwise.
            _unique_while_current("category", fields=["category"], condition=Q(category__isnull=False)),
            _unique_while_current("unit", fields=["unit"], condition=Q(unit__isnull=False)),
            _unique_while_current("plain", fields=[], condition=Q(category=None, unit=None)),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.role_label}"

    @property
    def role_label(self) -> str:
        """The role as people say it: คณะทำงานหมวด 3."""
        label = Role(self.role).label
        if self.role == Role.COMMITTEE:
            return f"{label} {self.category}"
        return f"{label} ({self.unit})" if self.unit_id else label
