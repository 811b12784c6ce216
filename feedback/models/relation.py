"""What feedback of a later year says about that of an earlier one."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from feedback.enums import RelationKind
from organizations.models import User

from .point import FeedbackPoint


class RelationQuerySet(models.QuerySet["PointRelation"]):
    """Reading relations."""

    def visible_to(self, user: User) -> RelationQuerySet:
        """The relations in the person's own agencies."""
        return self.filter(later__agency__in={m.agency_id for m in user.current_memberships})


class PointRelation(models.Model):
    """What a person decided about two points of different years; the wording only suggests it."""

    earlier = models.ForeignKey(FeedbackPoint, on_delete=models.CASCADE, related_name="later_relations")
    later = models.ForeignKey(FeedbackPoint, on_delete=models.CASCADE, related_name="earlier_relations")
    kind = models.CharField(max_length=20, choices=RelationKind)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = RelationQuerySet.as_manager()

    class Meta:
        verbose_name = "ความเกี่ยวข้องของข้อเสนอแนะ"
        constraints = [models.UniqueConstraint(fields=["earlier", "later"], name="feedback_relation_unique")]

    def __str__(self) -> str:
        return f"{self.earlier_id} → {self.later_id} {self.get_kind_display()}"
