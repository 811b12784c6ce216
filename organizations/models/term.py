"""Words that an agency's prints keep whole."""

from __future__ import annotations

import uuid

from django.db import models

from thai.collation import thai_order

from .agency import Agency
from .owner import Owner

MAX_TERM = 80


class AgencyTermQuerySet(models.QuerySet["AgencyTerm"]):
    """Reading terms."""

    def in_thai_order(self) -> AgencyTermQuerySet:
        """Dictionary order."""
        return self.order_by(*thai_order("text"))


class AgencyTerm(models.Model):
    """A term, name or abbreviation inside which no printed line of the agency ends; in its stored form, in one line."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="terms")
    text = models.CharField("คำ", max_length=MAX_TERM)

    objects = AgencyTermQuerySet.as_manager()

    class Meta:
        verbose_name = "คำที่ไม่ตัดบรรทัด"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "text"],
                name="organizations_term_unique",
                violation_error_message="มีคำนี้แล้ว",
            )
        ]

    def __str__(self) -> str:
        return self.text


def names_to_keep(agency_code: str) -> tuple[set[str], set[str]]:
    """What a print of the agency keeps whole beside the project's dictionary: its terms, and names.

    A line may end at the blanks of a name, but not at those of a term. Names are those of the agency's owners,
    withdrawn ones included because they still stand in activities, and of all agencies, which may be named as examples.
    """
    terms = set(AgencyTerm.objects.filter(agency__code=agency_code).values_list("text", flat=True))
    names: set[str] = set()
    for pair in Owner.objects.filter(agency__code=agency_code).values_list("name", "abbreviation"):
        names.update(pair)
    for pair in Agency.objects.values_list("name", "short_name"):
        names.update(pair)
    return terms, names
