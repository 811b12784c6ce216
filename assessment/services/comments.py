"""Remarks about a criterion: starting a thread, answering, drafts, settling, withdrawing.

A draft leaves no trace for others, not even in the audit trail, until it is sent.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from assessment.models import CategorySheet, CriterionAnalysis, CriterionThread
from assessment.threads import TextOfCriterion
from organizations.models import AuditEvent, User
from texts.models import Comment, CommentQuerySet, StaleVersion, Thread
from texts.passages import CONTEXT, Passage, flat, mark_passage
from texts.scans import Scan
from texts.services import KeyReused

from .locks import hold_open
from .notices import commented, mentioned


@dataclass(frozen=True)
class Words:
    """What a person says; `uid` is made with the blank form, so that a repeated request makes no second comment.

    With `source` it is said for an office or a meeting. A `draft` is seen by its author only.
    """

    uid: uuid.UUID
    body: str
    mentions: Sequence[User] = ()
    source: str = ""
    source_date: datetime.date | None = None
    scan: Scan | None = None
    draft: bool = False


@dataclass(frozen=True)
class Quoted:
    """The passage that a remark points at, as the person saw it; `before` tells equal passages apart."""

    within: TextOfCriterion
    quote: str
    before: str = ""

    def passage(self) -> Passage:
        """The passage in the stored text; as it was seen where it was not saved yet or was changed meanwhile."""
        found = mark_passage(self.within.text.plain, self.quote, self.before)
        return found or Passage(flat(self.quote), flat(self.before)[-CONTEXT:])


@transaction.atomic
def start_thread(
    *, analysis: CriterionAnalysis, words: Words, by: User, quoted: Quoted | None = None
) -> Comment:
    """Start a thread about the criterion or about a passage of one of its texts.

    Raises TextLocked when the round was closed meanwhile, KeyReused for a uid that belongs to another comment.
    """
    hold_open(analysis.sheet.round)
    if repeated := _repeated(words, by, analysis):
        return repeated
    thread = Thread(agency=analysis.sheet.round.agency)
    if quoted:
        passage = quoted.passage()
        thread.text, thread.text_version = quoted.within.text, quoted.within.text.version
        thread.quote, thread.position = passage.quote, passage.position
        thread.before, thread.after = passage.before, passage.after
    thread.save()
    kind = quoted.within.kind if quoted else ""
    CriterionThread.objects.create(analysis=analysis, thread=thread, kind=kind)
    return _write(thread, analysis, words, by)


@transaction.atomic
def reply(*, placed: CriterionThread, words: Words, by: User) -> Comment:
    """Answer in a thread. Raises TextLocked, KeyReused."""
    hold_open(placed.analysis.sheet.round)
    if repeated := _repeated(words, by, placed.analysis):
        return repeated
    return _write(placed.thread, placed.analysis, words, by)


def _repeated(words: Words, by: User, analysis: CriterionAnalysis) -> Comment | None:
    """The comment that this very request has made before, when its answer was lost."""
    found = Comment.objects.filter(uid=words.uid).select_related("thread__criterion_thread").first()
    if found and (found.author_id != by.pk or found.thread.criterion_thread.analysis_id != analysis.pk):
        raise KeyReused
    return found


def _write(thread: Thread, analysis: CriterionAnalysis, words: Words, by: User) -> Comment:
    comment = Comment(uid=words.uid, thread=thread, author=by, body=words.body, at=timezone.now())
    _describe(comment, words)
    comment.save()
    comment.mentions.set(words.mentions)
    if not words.draft:
        _send(comment, analysis, by)
    return comment


def _describe(comment: Comment, words: Words) -> None:
    """For whom it is said; a paper that was given before stays until a better one comes."""
    comment.source, comment.source_date = words.source, words.source_date
    if not words.source:
        comment.scan, comment.scan_name = "", ""
    elif words.scan:
        comment.scan.save(f"scan.{words.scan.suffix}", ContentFile(words.scan.content), save=False)
        comment.scan_name = words.scan.name


@transaction.atomic
def change_draft(*, comment: Comment, base_version: int, words: Words, by: User) -> Comment:
    """Write one's own draft anew on top of the version that the person saw; without `draft` it is sent as well.

    Raises StaleVersion when it was changed, sent or withdrawn elsewhere meanwhile, and TextLocked.
    """
    analysis = comment.thread.criterion_thread.analysis
    hold_open(analysis.sheet.round)
    if not Comment.objects.drafts_of(by).filter(pk=comment.pk).exists():
        raise StaleVersion(comment.fresh())
    comment.claim_version(base_version)
    comment.body, comment.at = words.body, timezone.now()
    _describe(comment, words)
    comment.save()
    comment.mentions.set(words.mentions)
    if not words.draft:
        _send(comment, analysis, by)
    return comment


@transaction.atomic
def send_draft(*, comment: Comment, by: User) -> bool:
    """Let others read one's own draft; gives whether it was still one. Raises TextLocked."""
    analysis = comment.thread.criterion_thread.analysis
    hold_open(analysis.sheet.round)
    if not Comment.objects.drafts_of(by).filter(pk=comment.pk).exists():
        return False
    _send(comment, analysis, by)
    return True


@transaction.atomic
def send_drafts(*, sheet: CategorySheet, by: User) -> list[Comment]:
    """Send everything that this person has drafted in the category, oldest first. Raises TextLocked.

    Returning a sheet calls it, so that a reviewer's remarks arrive together with the sheet.
    """
    hold_open(sheet.round)
    drafts = _drafts_in(sheet, by).select_related(
        "thread__agency",
        "thread__criterion_thread__analysis__wording",
        "thread__criterion_thread__analysis__sheet__round__agency",
        "thread__criterion_thread__analysis__sheet__category",
    )
    sent = list(drafts.order_by("at", "pk"))
    for comment in sent:
        _send(comment, comment.thread.criterion_thread.analysis, by)
    return sent


def drafts_in(*, sheet: CategorySheet, by: User) -> int:
    """How many remarks this person has drafted in the category."""
    return _drafts_in(sheet, by).count()


def _drafts_in(sheet: CategorySheet, by: User) -> CommentQuerySet:
    return Comment.objects.drafts_of(by).filter(thread__criterion_thread__analysis__sheet=sheet)


def _send(comment: Comment, analysis: CriterionAnalysis, by: User) -> None:
    """From now on others read it, under this time."""
    now = timezone.now()
    Comment.objects.filter(pk=comment.pk).update(sent_at=now, at=now, version=F("version") + 1)
    comment.refresh_from_db(fields=["sent_at", "at", "version"])
    # a remark in a settled thread is not settled
    placed = comment.thread.criterion_thread
    _settle(placed, by, "thread.reopened", _reopened(placed))
    _tell(comment, analysis, by)
    AuditEvent.record(
        "comment.sent",
        comment,
        by=by,
        agency=comment.thread.agency,
        criterion=analysis.wording.code,
        thread=comment.thread_id,
        on_behalf=bool(comment.source),
    )


def _tell(comment: Comment, analysis: CriterionAnalysis, by: User) -> None:
    """Who was asked by name hears of it as that; the others of the category as of any remark."""
    round = analysis.sheet.round
    page = reverse("criterion", args=[round.agency.code, round.year, analysis.wording.code])
    told: dict[str, Any] = {"analysis": analysis, "by": by, "path": f"{page}#thread-{comment.thread.uid}"}
    asked, event = list(comment.mentions.all()), f"comment-{comment.uid}"
    if asked:
        mentioned(users=asked, event=event, **told)
    commented(told_already=asked, event=event, **told)


@transaction.atomic
def resolve_thread(*, placed: CriterionThread, by: User) -> bool:
    """Say that a remark is dealt with; gives whether it was still open. Raises TextLocked."""
    hold_open(placed.analysis.sheet.round)
    rows = Thread.objects.filter(pk=placed.thread_id, resolved_at=None)
    return _settle(placed, by, "thread.resolved", rows.update(resolved_at=timezone.now(), resolved_by=by))


@transaction.atomic
def reopen_thread(*, placed: CriterionThread, by: User) -> bool:
    """Say that it is not dealt with after all; gives whether it was settled. Raises TextLocked."""
    hold_open(placed.analysis.sheet.round)
    return _settle(placed, by, "thread.reopened", _reopened(placed))


def _reopened(placed: CriterionThread) -> int:
    rows = Thread.objects.filter(pk=placed.thread_id, resolved_at__isnull=False)
    return rows.update(resolved_at=None, resolved_by=None)


def _settle(placed: CriterionThread, by: User, verb: str, changed: int) -> bool:
    if changed:
        code = placed.analysis.wording.code
        AuditEvent.record(verb, placed.thread, by=by, agency=placed.thread.agency, criterion=code)
    return bool(changed)


@transaction.atomic
def withdraw_comment(*, comment: Comment, by: User) -> bool:
    """Take one's own words back; the row stays. Gives whether they still stood. Raises TextLocked."""
    analysis = comment.thread.criterion_thread.analysis
    hold_open(analysis.sheet.round)
    rows = Comment.objects.filter(pk=comment.pk, author=by, withdrawn_at=None)
    if not rows.update(withdrawn_at=timezone.now(), withdrawn_by=by, version=F("version") + 1):
        return False
    comment.refresh_from_db(fields=["withdrawn_at", "withdrawn_by", "version", "sent_at"])
    if not comment.is_draft:
        code = analysis.wording.code
        AuditEvent.record("comment.withdrawn", comment, by=by, agency=comment.thread.agency, criterion=code)
    return True
