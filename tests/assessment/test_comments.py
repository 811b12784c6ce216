"""Remarks: who may say what, drafts that nobody sees, passages, settling, what is written down."""

from __future__ import annotations

import datetime
import uuid

import pytest
from django.db import IntegrityError, transaction

from assessment.models import CategorySheet
from assessment.permissions import answers_in, comments_on, keeps_drafts
from assessment.services.comments import (
    Quoted,
    change_draft,
    reopen_thread,
    reply,
    resolve_thread,
    send_draft,
    send_drafts,
    start_thread,
    withdraw_comment,
)
from assessment.services.rounds import close_round
from assessment.threads import sent_threads, texts_of_criterion, threads_of_criterion, threads_of_sheet
from organizations.enums import NoticeKind, Role
from organizations.models import AuditEvent, Notification, NotificationChoice
from tests.url_comments import words
from tests.world import criterion
from texts.models import Comment, StaleVersion, Text, Thread
from texts.services import KeyReused, TextLocked, save_text

DAY = datetime.date(2026, 11, 20)


def secretary(world):
    return world.here.people[Role.SECRETARIAT]


def start(world, round, body="ขอให้ระบุเป้าหมาย", code="1.1", by=None, quote="", **about):
    analysis = criterion(round, code)
    quoted = Quoted(texts_of_criterion(analysis)[0], quote) if quote else None
    by = by or secretary(world)
    return start_thread(analysis=analysis, words=words(body, **about), by=by, quoted=quoted)


def placed(comment):
    return comment.thread.criterion_thread


def seen(user, round, code="1.1"):
    """The bodies that this person reads, thread by thread."""
    analysis = criterion(round, code)
    views = threads_of_criterion(user, analysis, texts_of_criterion(analysis))
    return [[comment.body for comment in view.comments] for view in views]


def verbs():
    return list(AuditEvent.objects.filter(verb__regex="^(comment|thread)").values_list("verb", flat=True))


# --- who ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "comments", "drafts"),
    [
        (Role.SECRETARIAT, True, True),
        (Role.AGENCY_ADMIN, True, True),
        ("committee_1", True, False),
        ("committee_3", False, False),
        (Role.EXECUTIVE, False, False),
        (Role.UNIT_OFFICER, False, False),
    ],
)
def test_committee_and_secretariat_comment_on_a_category(world, here, who, comments, drafts):
    user, sheet = world.here.people[who], criterion(here, "1.1").sheet
    assert (comments_on(user, sheet), keeps_drafts(user, here)) == (comments, drafts)
    assert answers_in(user, sheet, {user.pk})
    assert answers_in(user, sheet, set()) == comments


def test_nobody_of_another_agency_comments_even_when_named(world, here):
    sheet = criterion(here, "1.1").sheet
    for person in [*world.there.people.values(), world.admin, world.stranger]:
        assert not comments_on(person, sheet)
        assert not answers_in(person, sheet, {person.pk})


# --- drafts ---------------------------------------------------------------------------------------


def test_a_draft_is_seen_by_its_author_only(world, here):
    start(world, here, "ลับ", draft=True)
    first = start(world, here, "ส่งแล้ว")
    reply(placed=placed(first), words=words("ลับเช่นกัน", draft=True), by=secretary(world))
    assert seen(secretary(world), here) == [["ลับ"], ["ส่งแล้ว", "ลับเช่นกัน"]]
    for name, person in world.here.people.items():
        if name != Role.SECRETARIAT:
            assert seen(person, here) == [["ส่งแล้ว"]], name
    sheet = criterion(here, "1.1").sheet
    assert [len(view.comments) for view in threads_of_sheet(world.here.people["committee_1"], sheet)] == [1]
    assert [[c.body for c in view.comments] for view in sent_threads(here)] == [["ส่งแล้ว"]]


def test_a_draft_leaves_no_trace_in_the_audit_trail(world, here):
    draft = start(world, here, draft=True)
    change_draft(comment=draft, base_version=1, words=words("อีกแบบ", draft=True), by=secretary(world))
    withdraw_comment(comment=draft, by=secretary(world))
    assert verbs() == []


def test_sending_tells_when_and_is_written_down_once(world, here):
    draft = start(world, here, draft=True)
    assert send_draft(comment=draft, by=secretary(world))
    assert not send_draft(comment=draft, by=secretary(world))
    draft.refresh_from_db()
    assert draft.sent_at == draft.at
    event = AuditEvent.objects.get(verb="comment.sent")
    assert event.facts == {"criterion": "1.1", "thread": draft.thread_id, "on_behalf": False}
    assert "ขอให้ระบุ" not in str(event.facts)


def test_all_drafts_of_one_person_in_a_category_are_sent_together(world, here):
    admin = world.here.people[Role.AGENCY_ADMIN]
    mine = [start(world, here, f"ข้อ {code}", code, draft=True) for code in ("1.1", "1.2")]
    other_category = start(world, here, "หมวดอื่น", "3.1", draft=True)
    others = start(world, here, "ของคนอื่น", by=admin, draft=True)
    dropped = start(world, here, "ลบแล้ว", draft=True)
    withdraw_comment(comment=dropped, by=secretary(world))
    sheet = CategorySheet.objects.get(round=here, category__number=1)
    assert send_drafts(sheet=sheet, by=secretary(world)) == mine
    assert send_drafts(sheet=sheet, by=secretary(world)) == []
    left = Comment.objects.filter(sent_at=None, withdrawn_at=None).order_by("pk")
    assert list(left) == [other_category, others]


def test_only_the_author_changes_and_sends_a_draft(world, here):
    draft = start(world, here, draft=True)
    admin = world.here.people[Role.AGENCY_ADMIN]
    with pytest.raises(StaleVersion):
        change_draft(comment=draft, base_version=1, words=words("แทรก", draft=True), by=admin)
    assert not send_draft(comment=draft, by=admin)
    assert not withdraw_comment(comment=draft, by=admin)


def test_a_draft_changed_in_two_windows_is_not_overwritten_unseen(world, here):
    draft = start(world, here, draft=True)
    by = secretary(world)
    change_draft(
        comment=Comment.objects.get(pk=draft.pk), base_version=1, words=words("หนึ่ง", draft=True), by=by
    )
    with pytest.raises(StaleVersion):
        change_draft(comment=draft, base_version=1, words=words("สอง", draft=True), by=by)
    assert Comment.objects.get().body == "หนึ่ง"


def test_what_was_sent_does_not_change_any_more(world, here):
    sent = start(world, here, "ส่งแล้ว")
    with pytest.raises(StaleVersion):
        change_draft(comment=sent, base_version=sent.version, words=words("ใหม่"), by=secretary(world))
    assert Comment.objects.get().body == "ส่งแล้ว"


# --- the same press twice -------------------------------------------------------------------------


def test_a_repeated_request_makes_no_second_comment(world, here):
    analysis, said, by = criterion(here, "1.1"), words("ครั้งเดียว"), secretary(world)
    made = start_thread(analysis=analysis, words=said, by=by)
    assert start_thread(analysis=analysis, words=said, by=by) == made
    answer = words("ตอบครั้งเดียว")
    assert reply(placed=placed(made), words=answer, by=by) == reply(placed=placed(made), words=answer, by=by)
    assert (Thread.objects.count(), Comment.objects.count()) == (1, 2)


def test_a_uid_of_somebody_else_is_refused(world, here, there):
    made = start(world, here)
    taken = words("ใช้ซ้ำ")
    taken = type(taken)(uid=made.uid, body="ใช้ซ้ำ")
    with pytest.raises(KeyReused):
        start_thread(analysis=criterion(there, "1.1"), words=taken, by=world.there.people[Role.SECRETARIAT])
    with pytest.raises(KeyReused):
        start_thread(analysis=criterion(here, "1.2"), words=taken, by=secretary(world))
    assert Comment.objects.count() == 1


# --- settling and taking back ---------------------------------------------------------------------


def test_a_thread_is_settled_once_and_says_by_whom(world, here):
    thread = placed(start(world, here))
    member = world.here.people["committee_1"]
    assert resolve_thread(placed=thread, by=member)
    assert not resolve_thread(placed=thread, by=secretary(world))
    stored = Thread.objects.get()
    assert (stored.resolved_by, stored.is_open) == (member, False)
    assert reopen_thread(placed=thread, by=secretary(world))
    assert not reopen_thread(placed=thread, by=secretary(world))
    assert verbs() == ["comment.sent", "thread.resolved", "thread.reopened"]


def test_a_remark_in_a_settled_thread_opens_it_again(world, here):
    thread = placed(start(world, here))
    resolve_thread(placed=thread, by=secretary(world))
    reply(placed=thread, words=words("ยังไม่ครบ", draft=True), by=secretary(world))
    assert not Thread.objects.get().is_open
    reply(placed=thread, words=words("ยังขาดปี"), by=secretary(world))
    assert Thread.objects.get().is_open
    assert verbs()[-2:] == ["thread.reopened", "comment.sent"]


def test_withdrawn_words_stay_stored_and_the_thread_goes_with_its_last_words(world, here):
    first = start(world, here, "ผิดข้อ")
    answer = reply(placed=placed(first), words=words("ตอบ"), by=world.here.people["committee_1"])
    withdraw_comment(comment=first, by=secretary(world))
    assert not withdraw_comment(comment=first, by=secretary(world))
    [view] = sent_threads(here)
    assert [comment.body for comment in view.standing] == ["ตอบ"]
    withdraw_comment(comment=answer, by=world.here.people["committee_1"])
    assert sent_threads(here) == []
    assert Comment.objects.count() == 2
    assert verbs().count("comment.withdrawn") == 2


def test_a_closed_year_takes_no_remark(world, here):
    by = secretary(world)
    thread, draft = placed(start(world, here)), start(world, here, draft=True)
    own = start(world, here, "ของฉัน")
    close_round(round=here, by=by)
    before = list(Comment.objects.order_by("pk").values())
    for change in (
        lambda: start(world, here),
        lambda: reply(placed=thread, words=words("ช้า"), by=by),
        lambda: change_draft(comment=draft, base_version=1, words=words("ช้า"), by=by),
        lambda: send_draft(comment=draft, by=by),
        lambda: send_drafts(sheet=thread.analysis.sheet, by=by),
        lambda: resolve_thread(placed=thread, by=by),
        lambda: reopen_thread(placed=thread, by=by),
        lambda: withdraw_comment(comment=own, by=by),
    ):
        with pytest.raises(TextLocked):
            change()
    assert list(Comment.objects.order_by("pk").values()) == before


def test_a_locked_text_is_still_talked_over(world, here):
    """A sheet that was handed in locks its texts, and the remarks on it are how it comes back."""
    Text.objects.update(locked_at=here.opened_at)
    assert start(world, here, quote="กิจกรรม").thread.quote == "กิจกรรม"


# --- passages and people --------------------------------------------------------------------------


def test_a_passage_is_told_as_changed_after_its_words_were_rewritten(world, here):
    made = start(world, here, quote="กิจกรรม senate")
    text = made.thread.text
    [view] = sent_threads(here)
    assert (view.is_changed, made.thread.text_version) == (False, 1)
    save_text(
        text=text, base_version=1, html="<p>โครงการ nso ข้อ 1.1</p>", key=uuid.uuid4(), by=secretary(world)
    )
    [view] = sent_threads(here)
    assert view.is_changed
    assert view.place.words == "โครงการ nso"


def test_words_that_are_not_saved_yet_are_kept_as_they_were_seen(world, here):
    made = start(world, here, quote="กำลังพิมพ์อยู่")
    assert (made.thread.quote, made.thread.position) == ("กำลังพิมพ์อยู่", 0)
    [view] = sent_threads(here)
    assert view.is_changed


def told():
    rows = Notification.objects.order_by("pk").values_list("user__username", "kind", "path")
    return [(name, kind, path) for name, kind, path in rows]


def test_who_was_asked_by_name_is_told_when_the_comment_is_sent(world, here):
    executive = world.here.people[Role.EXECUTIVE]
    draft = start(world, here, "ความลับ", draft=True, mentions=[executive, secretary(world)])
    assert told() == []
    send_draft(comment=draft, by=secretary(world))
    # whoever asks is not told
    path = f"/a/senate/2565/1.1/#thread-{draft.thread.uid}"
    assert told() == [("senate-executive", NoticeKind.MENTIONED, path)]
    notice = Notification.objects.get()
    assert "ความลับ" not in notice.subject + notice.body


def test_who_wants_to_hear_of_remarks_hears_of_each_once(world, here):
    for name in ("committee_1", "committee_3", Role.EXECUTIVE, Role.SECRETARIAT):
        NotificationChoice.objects.create(
            user=world.here.people[name], kind=NoticeKind.COMMENTED, in_app=True, email=False
        )
    asked = start(world, here, mentions=[world.here.people["committee_1"]])
    reply(placed=placed(asked), words=words("ตอบ"), by=world.here.people["committee_1"])
    assert [(name, kind) for name, kind, _ in told()] == [
        ("senate-committee-1", NoticeKind.MENTIONED),
        ("senate-secretariat", NoticeKind.COMMENTED),
    ]


def test_for_an_office_a_comment_needs_its_date(world, here):
    with pytest.raises(IntegrityError), transaction.atomic():
        start(world, here, source="สำนักนโยบาย")
    made = start(world, here, source="สำนักนโยบาย", source_date=DAY)
    assert (made.source, made.source_date, made.author) == ("สำนักนโยบาย", DAY, secretary(world))


@pytest.mark.parametrize(
    "broken",
    [
        lambda row: Thread.objects.filter(pk=row.thread_id).update(quote="ไม่มีข้อความ"),
        lambda row: Thread.objects.filter(pk=row.thread_id).update(resolved_at=row.at),
        lambda row: Thread.objects.filter(pk=row.thread_id).update(text=Text.objects.first()),
        lambda row: Comment.objects.filter(pk=row.pk).update(withdrawn_by=row.author),
        lambda row: Comment.objects.filter(pk=row.pk).update(source_date=DAY),
        lambda row: Comment.objects.filter(pk=row.pk).update(scan="x.pdf"),
    ],
)
def test_rows_that_contradict_themselves_are_refused_by_the_database(world, here, broken):
    made = start(world, here)
    with pytest.raises(IntegrityError), transaction.atomic():
        broken(made)
