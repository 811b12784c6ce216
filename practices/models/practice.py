"""The best-practice library: one case of one agency, with its award and its pictures."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, When
from django.urls import reverse

from framework.models import Criterion
from organizations.constraints import both_or_neither
from organizations.models import Agency, User
from practices import tags
from practices.permissions import curated_agencies
from texts.models import Text, Versioned
from thai.collation import thai_order
from thai.text import normalise, to_arabic_digits, to_thai_digits

# Where the search box looks; more words than this is a pasted text, not a search.
SEARCHED = ("title", "summary", "award", "agency__name", "agency__short_name", "text__plain")
MAX_WORDS = 8


class PracticeStatus(models.TextChoices):
    """Only published cases can be chosen for a form."""

    DRAFT = "draft", "ฉบับร่าง"
    PUBLISHED = "published", "เผยแพร่แล้ว"


class TagQuerySet(models.QuerySet["Tag"]):
    """Reading tags."""

    def of_cases(self, cases: PracticeQuerySet) -> TagQuerySet:
        """The tags that occur among these cases, the proposed ones first."""
        links = Practice.tags.through.objects.filter(tag=OuterRef("pk"), practice__in=cases.values("pk"))
        return self.filter(Exists(links)).in_order()

    def in_order(self) -> TagQuerySet:
        """The proposed ones first, then by their letters."""
        proposed = Case(
            *(When(name=name, then=n) for n, name in enumerate(tags.PROPOSED)), default=len(tags.PROPOSED)
        )
        return self.order_by(proposed, *thai_order("name"))


class Tag(models.Model):
    """A word under which cases are found; one row per word, however it is spelt.

    Tags are not of an agency: who sees a case sees its tags, and nobody is shown a tag of a case that is not visible.
    """

    name = models.CharField("แท็ก", max_length=tags.MAX_TAG)
    # a letter such as ß grows when it is folded
    folded = models.CharField(max_length=3 * tags.MAX_TAG, unique=True, editable=False)

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = "แท็ก"

    def __str__(self) -> str:
        return tags.shown(self.name)


class PracticeQuerySet(models.QuerySet["Practice"]):
    """Reading cases."""

    def current(self) -> PracticeQuerySet:
        """Cases that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def published(self) -> PracticeQuerySet:
        """Cases that can be chosen for a form."""
        return self.current().filter(status=PracticeStatus.PUBLISHED)

    def visible_to(self, user: User) -> PracticeQuerySet:
        """Shared cases and those kept to the person's agencies; drafts only to those who curate them."""
        curated = curated_agencies(user)
        own = {membership.agency_id for membership in user.current_memberships}
        published = Q(status=PracticeStatus.PUBLISHED) & (Q(kept_to=None) | Q(kept_to__in=own))
        return self.filter(published | self._curated(user, curated))

    def editable_by(self, user: User) -> PracticeQuerySet:
        """Cases that the person curates: the agency's own; shared ones belong to the installation administrator."""
        return self.filter(self._curated(user, curated_agencies(user)))

    @staticmethod
    def _curated(user: User, agencies: set[int]) -> Q:
        shared = Q(kept_to=None) if user.is_installation_admin else Q(pk__in=[])
        return Q(kept_to__in=agencies) | shared

    def of_agency(self, code: str) -> PracticeQuerySet:
        """Cases of the agency with this code."""
        return self.filter(agency__code=code)

    def serving(self, criteria: Iterable[int] | models.QuerySet[Any, Any]) -> PracticeQuerySet:
        """Cases linked to any of these criteria (primary keys or a subquery of them), each once."""
        links = Practice.criteria.through.objects.filter(practice=OuterRef("pk"), criterion__in=criteria)
        return self.filter(Exists(links))

    def tagged(self, name: str) -> PracticeQuerySet:
        """Cases with this tag, however it is spelt."""
        links = Practice.tags.through.objects.filter(
            practice=OuterRef("pk"), tag__folded=tags.folded(tags.tag_name(name))
        )
        return self.filter(Exists(links))

    def matching(self, typed: str) -> PracticeQuerySet:
        """Cases in which every typed word occurs somewhere, digits in either script; nothing typed: all."""
        found = self
        for word in normalise(typed).split()[:MAX_WORDS]:
            spellings = {word, to_arabic_digits(word), to_thai_digits(word)}
            wanted = [Q(**{f"{name}__icontains": spelling}) for name in SEARCHED for spelling in spellings]
            found = found.filter(reduce(or_, wanted))
        return found

    def in_thai_order(self) -> PracticeQuerySet:
        """Dictionary order of agency and title."""
        return self.order_by(*thai_order("agency__name", "title"))


class PracticeManager(models.Manager.from_queryset(PracticeQuerySet)):  # type: ignore[misc]
    """Cases as everybody reads them: without those that a load has prepared and not published yet."""

    def get_queryset(self) -> PracticeQuerySet:
        """What stands in the library."""
        cases: PracticeQuerySet = super().get_queryset().filter(prepared_by=None)
        return cases


class Practice(Versioned):
    """One case; `award_year` is a Buddhist-era year, empty where the source gives none.

    `key` is the natural key of fixture files, `position` the place among the cases of the same first
    criterion in them. A case with `kept_to` is seen by that tenant only. One with `prepared_by` does not stand in
    the library yet: only `with_prepared`, which loading uses, knows it.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.SlugField("รหัส", max_length=80, unique=True)
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="practices", verbose_name="หน่วยงาน"
    )
    title = models.CharField("ชื่อเรื่อง", max_length=300)
    award = models.CharField("รางวัล", max_length=200, blank=True)
    award_year = models.PositiveSmallIntegerField("ปีที่ได้รับรางวัล (พ.ศ.)", null=True, blank=True)
    summary = models.TextField("สรุป", blank=True)
    source = models.CharField("ที่มา", max_length=300, blank=True)
    text = models.OneToOneField(Text, on_delete=models.PROTECT, related_name="+")
    criteria = models.ManyToManyField(Criterion, related_name="+", verbose_name="เกณฑ์ที่เกี่ยวข้อง")
    tags = models.ManyToManyField(Tag, related_name="practices", verbose_name="แท็ก", blank=True)
    position = models.PositiveIntegerField(default=0, editable=False)
    status = models.CharField(
        "สถานะ", max_length=10, choices=PracticeStatus, default=PracticeStatus.PUBLISHED
    )
    kept_to = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="เฉพาะหน่วยงาน"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )

    prepared_by = models.ForeignKey(
        "practices.Load", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = PracticeManager()
    with_prepared = PracticeQuerySet.as_manager()

    class Meta:
        verbose_name = "ตัวอย่างที่เป็นเลิศ"
        constraints = [
            models.CheckConstraint(
                condition=Q(award_year=None) | Q(award_year__range=(2400, 2700)),
                name="practices_practice_award_year",
                violation_error_message="ปีที่ได้รับรางวัลต้องเป็นพุทธศักราชระหว่าง 2400 ถึง 2700",
            ),
            both_or_neither(
                "withdrawn_at",
                "withdrawn_by",
                name="practices_practice_both_withdrawn",
                message="การถอนตัวอย่างต้องมีทั้งเวลาและผู้ดำเนินการ",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency.name}: {self.title}"

    def get_absolute_url(self) -> str:
        """The page of this case."""
        return reverse("practice", args=[self.pk])

    @property
    def tag_names(self) -> list[str]:
        """The tags in the order of pages and files; reads them from a prefetch where there is one."""
        return [tag.name for tag in self.tag_list]

    @property
    def tag_list(self) -> list[Tag]:
        """The tags as rows, in the same order."""
        by_name = {tag.name: tag for tag in self.tags.all()}
        return [by_name[name] for name in tags.in_order(by_name)]

    @property
    def award_line(self) -> str:
        """The award as the form prints it behind the agency: (รางวัล PMQA หมวด 2 ปี 2564), or empty."""
        if self.award:
            return f"({self.award} ปี {self.award_year})" if self.award_year else f"({self.award})"
        return f"(ปี {self.award_year})" if self.award_year else ""
