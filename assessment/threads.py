"""Threads of remarks as pages and papers read them.

Everything is read through `readable_by`, so that a draft is in no list, no count and no print but its author's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q

from assessment.enums import PassageKind
from assessment.models import Activity, CategorySheet, CriterionAnalysis, CriterionThread, Round
from assessment.permissions import answers_in, comments_on, state_allows_comments
from organizations.models import User
from texts.models import Comment, Text, Thread
from texts.passages import Place

# The three texts of a criterion beside its activities; each is a field of CriterionAnalysis.
OPTIONAL_KINDS = (PassageKind.ANALYSIS, PassageKind.OBSTACLES, PassageKind.REMEDIES)


@dataclass(frozen=True)
class TextOfCriterion:
    """A text in which a passage can be pointed at; `key` names it in the page."""

    key: str
    kind: PassageKind
    text: Text

    @property
    def anchor(self) -> str:
        """The id of the element that shows it."""
        return f"card-{self.key}" if self.kind == PassageKind.ACTIVITY else f"text-{self.key}"


def texts_of_criterion(
    analysis: CriterionAnalysis, activities: Iterable[Activity] | None = None
) -> list[TextOfCriterion]:
    """Its activities in their order, then the optional texts; `activities` when they were read already."""
    if activities is None:
        placed = Activity.objects.current().filter(places__analysis=analysis)
        activities = placed.select_related("text").order_by("places__position", "pk")
    found = [TextOfCriterion(str(a.uid), PassageKind.ACTIVITY, a.text) for a in activities]
    return found + [
        TextOfCriterion(kind.value, kind, getattr(analysis, kind.value)) for kind in OPTIONAL_KINDS
    ]


@dataclass(frozen=True)
class ThreadView:
    """One thread with the comments that a person may read, oldest first, and what this person may do in it.

    `place` is where its passage stands today. `anchor` is the id of the text on the page of the criterion, empty when
    the text is not there any more.
    """

    placed: CriterionThread
    comments: tuple[Comment, ...]
    place: Place | None
    anchor: str = ""
    answers: bool = False
    settles: bool = False

    @property
    def thread(self) -> Thread:
        """The thread itself."""
        return self.placed.thread

    @property
    def analysis(self) -> CriterionAnalysis:
        """The criterion that it is about."""
        return self.placed.analysis

    @property
    def standing(self) -> list[Comment]:
        """What was not withdrawn."""
        return [comment for comment in self.comments if not comment.is_withdrawn]

    @property
    def is_sent(self) -> bool:
        """Others see it, too; without that there is nothing to answer or to settle."""
        return any(not comment.is_draft for comment in self.standing)

    @property
    def is_changed(self) -> bool:
        """The passage does not stand in its text as it was quoted."""
        return bool(self.thread.quote) and (self.place is None or self.place.changed)

    def concerns(self, user: User) -> bool:
        """The person wrote in it or was asked in it."""
        return any(comment.author_id == user.pk for comment in self.standing) or user.pk in mentioned_in(
            self.comments
        )


def mentioned_in(comments: Iterable[Comment]) -> set[int]:
    """Who was asked by name in what was sent and still stands: primary keys."""
    return {
        person.pk
        for comment in comments
        if not comment.is_draft and not comment.is_withdrawn
        for person in comment.mentions.all()
    }


def threads_of_criterion(
    user: User, analysis: CriterionAnalysis, texts: Iterable[TextOfCriterion]
) -> list[ThreadView]:
    """The threads of one criterion for this person."""
    anchors = {row.text.pk: row.anchor for row in texts}
    return list(_views(user, Q(thread__criterion_thread__analysis=analysis), analysis.sheet, anchors))


def threads_of_sheet(user: User, sheet: CategorySheet) -> list[ThreadView]:
    """The threads of one category for this person, in the order of its criteria."""
    return list(_views(user, Q(thread__criterion_thread__analysis__sheet=sheet), sheet, {}))


def sent_threads(round: Round, numbers: set[int] | None = None) -> list[ThreadView]:
    """The threads of a round, or of these categories, as everybody in the agency reads them: no draft of anybody."""
    where = Q(thread__criterion_thread__analysis__sheet__round=round)
    if numbers is not None:
        where &= Q(thread__criterion_thread__analysis__sheet__category__number__in=numbers)
    return list(_views(None, where, None, {}))


def _views(
    user: User | None, where: Q, sheet: CategorySheet | None, anchors: Mapping[int, str]
) -> Iterator[ThreadView]:
    """Two queries, however many threads there are."""
    readable = Comment.objects.sent() if user is None else Comment.objects.readable_by(user)
    comments = (
        readable.filter(where)
        .select_related(
            "author",
            "thread__text",
            "thread__resolved_by",
            "thread__criterion_thread__analysis__wording",
        )
        .prefetch_related("mentions")
        .order_by(
            "thread__criterion_thread__analysis__wording__position",
            "thread__started_at",
            "thread_id",
            "at",
            "pk",
        )
    )
    if user is not None:
        # a page shows the passage, never the whole text
        comments = comments.defer("thread__text__html")
    writes = user is not None and sheet is not None and state_allows_comments(sheet.round)
    for _, rows in groupby(comments, key=lambda comment: comment.thread_id):
        group = tuple(rows)
        # everything in it was withdrawn
        if all(comment.is_withdrawn for comment in group):
            continue
        thread = group[0].thread
        placed = thread.criterion_thread
        yield ThreadView(
            placed=placed,
            comments=group,
            place=thread.place(),
            anchor=anchors.get(thread.text_id or 0, ""),
            answers=writes and answers_in(user, sheet, mentioned_in(group)),  # type: ignore[arg-type]
            settles=writes and comments_on(user, sheet),
        )
