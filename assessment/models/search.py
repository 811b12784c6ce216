"""What the search reads: one entry for each text that can be found, made from the rows and never edited."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from assessment.enums import SearchKind, SearchPart, SearchSource
from feedback.models import FeedbackPoint
from organizations.models import Agency, User
from practices.models import Practice

from .activity import Activity
from .analysis import CriterionAnalysis
from .round import Round
from .sheet import CategorySheet

SHEET_PARTS = (SearchPart.SHEET_OBSTACLES, SearchPart.SHEET_REMEDIES)


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    """Reading entries."""

    def visible_to(self, user: User) -> SearchEntryQuerySet:
        """Entries whose object this person may see now, whatever stood when the entry was made.

        The rule of every kind is the one of its own pages; the agency only spares looking at most others.
        """
        own = {membership.agency_id for membership in user.current_memberships}
        sheets = CategorySheet.objects.filter(round__in=Round.objects.visible_to(user))
        answers = _of(SearchKind.ANSWER)
        in_sheet = Q(part__in=SHEET_PARTS)
        return self.filter(
            Q(agency=None) | Q(agency__in=own),
            _of(SearchKind.CASE) & _exists(Practice.objects.visible_to(user).current())
            | _of(SearchKind.FEEDBACK) & _exists(FeedbackPoint.objects.visible_to(user).current())
            | _of(SearchKind.ACTIVITY) & _exists(Activity.objects.visible_to(user).current())
            | answers & ~in_sheet & _exists(CriterionAnalysis.objects.visible_to(user))
            | answers & in_sheet & _exists(sheets),
        )


def _of(kind: SearchKind) -> Q:
    return Q(kind=kind)


def _exists(rows: QuerySet[models.Model]) -> Q:
    """The object of the entry is among these rows."""
    return Q(Exists(rows.filter(pk=OuterRef("object_id")).order_by()))


class SearchEntry(models.Model):
    """One text that can be found, in what a search narrows and orders by: short, because a search reads thousands.

    `agency` is whose members may see it, none for all; `about` is the agency that it tells of; `year` is a
    Buddhist-era year. `criteria` (primary keys) and `categories` (numbers) stand between blanks: « 12 15 ».
    `in_title` and `in_heading` are folded (thai.search), line by line.
    """

    kind = models.CharField(max_length=10, choices=SearchKind)
    part = models.CharField(max_length=20, choices=SearchPart, blank=True)
    object_id = models.PositiveBigIntegerField()
    # no indexes: SQLite would go through all entries of an agency instead of through those that hold a word
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    about = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField(null=True)
    award = models.CharField(max_length=200, blank=True)
    criteria = models.TextField(blank=True)
    categories = models.CharField(max_length=40, blank=True)
    in_title = models.TextField(blank=True)
    in_heading = models.TextField(blank=True)

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "รายการค้นหา"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id", "part"], name="assessment_searchentry_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.part}".strip()


class SearchText(models.Model):
    """The words of an entry, which are read for the results of one page only.

    `folded` is everything together, `short_words` are those of at most four letters between blanks; both are
    what the index is made of. `body` is the text as it is read, with U+200B between its words.
    """

    entry = models.OneToOneField(SearchEntry, on_delete=models.CASCADE, primary_key=True, related_name="text")
    short_words = models.TextField(blank=True)
    folded = models.TextField(blank=True)
    title = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)

    class Meta:
        verbose_name = "ข้อความของรายการค้นหา"

    def __str__(self) -> str:
        return f"{self.entry_id}"


class SearchPending(models.Model):
    """A row that changed and whose entries have to be made again; written by triggers, taken by the worker."""

    source = models.CharField(max_length=10, choices=SearchSource)
    object_id = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = "รายการที่รอจัดทำดัชนี"

    def __str__(self) -> str:
        return f"{self.source} {self.object_id}"
