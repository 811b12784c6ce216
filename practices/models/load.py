"""Files of cases on their way into the library: what they say waits here until all of it is published at once."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from organizations.enums import AgencyKind
from organizations.models import Agency, User
from practices.enums import ENDED, WORKING, LoadState, StagedState
from practices.permissions import curated_agencies
from texts.models import Figure

from .practice import Practice

LEASE = datetime.timedelta(seconds=60)
# What a row carries over as it is; agency, criteria and text have their own ways.
VALUES = ("title", "award", "award_year", "summary", "source", "position")


class LoadQuerySet(models.QuerySet["Load"]):
    """Reading loads."""

    def visible_to(self, user: User) -> LoadQuerySet:
        """Loads into the libraries that the person curates: an agency's own, or the shared one."""
        shared = Q(kept_to=None) if user.is_installation_admin else Q(pk__in=[])
        return self.filter(Q(kept_to__in=curated_agencies(user)) | shared, uploaded=True)

    def abandoned(self, now: datetime.datetime) -> LoadQuerySet:
        """Loads whose process died: nobody renews the lease any more."""
        return self.filter(lease_until__lt=now)


class Load(models.Model):
    """One set of files, for everybody or kept to one agency.

    Rows wait as `StagedCase`s; nothing of them stands in the library before `published_at`, and all of them from
    then on. `settled_at` is when the history of their texts was written too. `uploaded` loads came in by the page:
    their files lie on the server, and the worker takes them. Whoever works on a load renews `lease_until`.
    `files` are names with their SHA-256, `faults` and `warnings` pairs of place and message, `rows` and `written`
    say how far it is.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kept_to = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    uploaded = models.BooleanField(default=False)
    publish = models.BooleanField(default=True)
    files = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=LoadState, default=LoadState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    fault_count = models.PositiveIntegerField(default=0)
    warnings = models.JSONField(default=list)

    objects = LoadQuerySet.as_manager()

    class Meta:
        verbose_name = "การนำเข้าตัวอย่าง"
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_at__isnull=False)
                | (~Q(state__in=ENDED) & Q(ended_at=None)),
                name="practices_load_ended",
                violation_error_message="การนำเข้าที่จบแล้วต้องมีเวลาจบ",
            ),
            models.CheckConstraint(
                condition=Q(state=LoadState.PUBLISHED, published_at__isnull=False)
                | (~Q(state=LoadState.PUBLISHED) & Q(published_at=None)),
                name="practices_load_published",
                violation_error_message="การนำเข้าที่บันทึกแล้วต้องมีเวลาที่บันทึก",
            ),
            models.CheckConstraint(
                condition=Q(state__in=WORKING, lease_until__isnull=False)
                | Q(state=LoadState.PUBLISHED, settled_at=None, lease_until__isnull=False)
                | (~Q(state__in=WORKING) & Q(lease_until=None)),
                name="practices_load_lease",
                violation_error_message="การนำเข้าที่กำลังทำต้องมีผู้ทำ",
            ),
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state=LoadState.WRITING),
                name="practices_load_one_writes",
                violation_error_message="มีการนำเข้าอีกชุดหนึ่งกำลังบันทึกอยู่",
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(self.names)

    def get_absolute_url(self) -> str:
        """The page that shows what the files would do, and what became of them."""
        return reverse("practice_load", args=[self.uid])

    @property
    def names(self) -> list[str]:
        """The names of the files."""
        return [file["name"] for file in self.files]

    def count(self, state: str) -> int:
        """How many cases are in this state."""
        return int(self.counts.get(state, 0))

    @property
    def is_under_way(self) -> bool:
        """The worker has it, or will take it: worth asking again."""
        return self.state in (LoadState.QUEUED, LoadState.CONFIRMED, *WORKING)

    @property
    def does_something(self) -> bool:
        """Something would be written: a case, or the name of an agency."""
        names = ("new", "changed", "agencies_new", "agencies_changed")
        return any(self.count(name) for name in names)


class StagedAgency(models.Model):
    """A public body that the files name; `agency` is the one that stands, or was made by this load (`is_new`)."""

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="agencies")
    agency = models.ForeignKey(Agency, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_new = models.BooleanField(default=False)
    base_version = models.PositiveIntegerField(null=True, blank=True)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20, choices=AgencyKind)
    changed = models.JSONField(default=list)

    class Meta:
        verbose_name = "หน่วยงานที่รอนำเข้า"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class StagedCase(models.Model):
    """What one row does; a new case will have this `uid` and this `key`, which is made up where `is_keyless`.

    `practice` is the case that stands, read at `base_version`; where its text changes, that was at `base_text`.
    `twin` is another case of the same agency and title. `changed` are the names of the fields that differ,
    `differences` what the page says about them; the text (`html`, `plain`) is kept here where it is new or changed,
    until it stands in its history too.
    """

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="cases")
    sequence = models.PositiveIntegerField()
    place = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=StagedState)
    is_keyless = models.BooleanField(default=False)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    twin = models.ForeignKey(Practice, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    base_version = models.PositiveIntegerField(null=True, blank=True)
    base_text = models.PositiveIntegerField(null=True, blank=True)
    key = models.CharField(max_length=80)
    agency = models.ForeignKey(StagedAgency, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=300)
    award = models.CharField(max_length=200, blank=True)
    award_year = models.PositiveSmallIntegerField(null=True, blank=True)
    summary = models.TextField(blank=True)
    source = models.CharField(max_length=300, blank=True)
    position = models.PositiveIntegerField(default=0)
    criteria = models.JSONField(default=list)
    tags = models.JSONField(default=list)
    html = models.TextField(blank=True)
    plain = models.TextField(blank=True)
    changed = models.JSONField(default=list)
    differences = models.JSONField(default=list)

    class Meta:
        verbose_name = "ตัวอย่างที่รอนำเข้า"
        ordering = ["load_id", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["load", "key"], name="practices_stagedcase_once"),
            models.UniqueConstraint(fields=["load", "sequence"], name="practices_stagedcase_order"),
        ]
        indexes = [
            models.Index(fields=["load", "state", "sequence"], name="practices_stagedcase_state"),
            models.Index(fields=["load", "title"], name="practices_stagedcase_title"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.title}"

    @property
    def values(self) -> dict[str, Any]:
        """What a case has in columns of the same names."""
        return {name: getattr(self, name) for name in VALUES}


class StagedPicture(models.Model):
    """A picture file of new or changed texts, which call it `placeholder`; `path` lasts as long as the load.

    `figure` is set when it is stored; `is_new` when this load stored it.
    """

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="pictures")
    placeholder = models.UUIDField()
    name = models.CharField(max_length=80)
    path = models.TextField()
    figure = models.ForeignKey(Figure, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_new = models.BooleanField(default=False)

    class Meta:
        verbose_name = "ภาพที่รอนำเข้า"
        constraints = [
            models.UniqueConstraint(fields=["load", "placeholder"], name="practices_stagedpicture_once")
        ]

    def __str__(self) -> str:
        return self.name
