"""Pictures in texts."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from organizations.models import Agency, User


class FigureQuerySet(models.QuerySet["Figure"]):
    """Reading figures."""

    def visible_to(self, user: User) -> FigureQuerySet:
        """Figures of the person's own agencies, and shared ones (of the best-practice library)."""
        agencies = {membership.agency_id for membership in user.current_memberships}
        return self.filter(Q(agency=None) | Q(agency__in=agencies))


def stored_name(figure: Figure, filename: str) -> str:
    """Where the file lies: by its uid, because an uploaded name is not to be trusted."""
    return f"figures/{figure.uid.hex[:2]}/{figure.uid.hex}.{figure.extension}"


class Figure(models.Model):
    """A picture that passed `texts.figures`: re-encoded, at most 2,400 pixels wide or high.

    A figure without an agency is shared by the whole installation. Width and height are pixels. `name` is
    what a file of fixtures calls the picture, without its extension; empty for uploaded ones.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.SlugField(max_length=80, blank=True, db_index=False)
    file = models.FileField(upload_to=stored_name)
    extension = models.CharField(max_length=4)
    media_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = "ภาพ"

    def __str__(self) -> str:
        return f"{self.uid}.{self.extension}"

    def get_absolute_url(self) -> str:
        """The address under which texts name this figure."""
        return reverse("figure", args=[self.uid])
