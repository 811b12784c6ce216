"""Remarks in the world of tests/url_world.py: one about a passage with a paper, a settled one, a draft."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.db.models import F, TextField, Value
from django.db.models.functions import Concat

from assessment.models import Activity, CriterionAnalysis
from assessment.services.comments import Quoted, Words, resolve_thread, start_thread
from assessment.threads import texts_of_criterion
from organizations.enums import Role
from organizations.models import Agency
from tests.world import Place
from texts.models import Comment, Thread
from texts.scans import Scan

DAY = datetime.date(2022, 11, 20)


def words(body: str, **about: Any) -> Words:
    """A comment that nobody has written yet."""
    return Words(uuid.uuid4(), body, **about)


def make_comments(analysis: CriterionAnalysis, activity: Activity, place: Place) -> dict[str, Comment]:
    """All of the secretary's; the first asks the executive."""
    by = place.people[Role.SECRETARIAT]
    within = next(row for row in texts_of_criterion(analysis) if row.text.pk == activity.text.pk)
    paper = Scan("scan.pdf", b"%PDF-1.7 ", "pdf")
    about = {"source": "ที่ประชุม", "source_date": DAY, "scan": paper}
    asked = words("ข้อสังเกต", mentions=[place.people[Role.EXECUTIVE]], **about)
    first = start_thread(
        analysis=analysis, words=asked, by=by, quoted=Quoted(within, within.text.plain.split()[0])
    )
    settled = start_thread(analysis=analysis, words=words("แก้ไขแล้ว"), by=by)
    resolve_thread(placed=settled.thread.criterion_thread, by=by)
    draft = start_thread(analysis=analysis, words=words("ร่าง", draft=True), by=by)
    return {"comment": first, "settled_comment": settled, "draft_comment": draft}


def mark_comments(agency: Agency, word: str) -> None:
    """Put the marks of the agency into everything that was written, past every service."""
    for name in ("body", "source", "scan_name"):
        rows = Comment.objects.filter(thread__agency=agency).exclude(**{name: ""})
        rows.update(**{name: Concat(F(name), Value(f" {word}-remark-{name}"), output_field=TextField())})
    quoted = Thread.objects.filter(agency=agency).exclude(quote="")
    quoted.update(
        quote=Concat(F("quote"), Value(f" {word}-quote")), before=f"{word}-before", after=f"{word}-after"
    )
