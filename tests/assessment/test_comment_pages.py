"""The panel on the criterion page, the page of the category, forms that come back with what was typed."""

from __future__ import annotations

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assessment.models import Activity
from assessment.services.comments import reply, resolve_thread, start_thread, withdraw_comment
from assessment.services.rounds import close_round
from assessment.services.withdrawing import withdraw_activity
from organizations.enums import Role
from tests.url_comments import DAY, words
from tests.url_world import picture, picture_bytes
from tests.world import criterion
from texts.models import MAX_BODY, Comment, Thread
from texts.scans import Scan

from .browser import text_area, url, value_of

PDF_START = b"%PDF-1.7 "


@pytest.fixture
def secretary(world):
    return world.here.people[Role.SECRETARIAT]


def post(client, user, address, **fields):
    client.force_login(user)
    return client.post(address, {"uid": str(uuid.uuid4()), "send": "1"} | fields)


def start(round, by, body, code="1.1", **about):
    return start_thread(analysis=criterion(round, code), words=words(body, **about), by=by)


def page_of(client, user, address) -> str:
    client.force_login(user)
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


# --- drafts do not leak ---------------------------------------------------------------------------


def test_a_draft_is_on_no_page_but_its_authors(client, world, here, secretary):
    start(here, secretary, "ข้อสังเกตที่ส่งแล้ว")
    start(here, secretary, "ความลับของร่าง", draft=True, mentions=[world.here.people["committee_1"]])
    addresses = [url(here), url(here, "1.1"), url(here, "category-1"), "/"]
    addresses += [f"{url(here, 'category-1', 'comments')}?show={shown}" for shown in ("open", "mine", "all")]
    for name, person in world.here.people.items():
        if person != secretary:
            pages = "".join(page_of(client, person, address) for address in addresses)
            assert "ข้อสังเกตที่ส่งแล้ว" in pages, name
            assert "ความลับ" not in pages, name
            assert 'id="comments-count">1<' in pages, name
            assert "ทั้งหมด (1)" in pages, name
    assert "ความลับของร่าง" in page_of(client, secretary, url(here, "1.1"))
    assert "ทั้งหมด (2)" in page_of(client, secretary, url(here, "category-1", "comments"))


def test_a_draft_of_somebody_else_cannot_be_answered_settled_or_fetched(client, world, here, secretary):
    about = {"source": "ที่ประชุม", "source_date": DAY, "scan": Scan("x.pdf", PDF_START, "pdf")}
    draft = start(here, secretary, "ร่าง", draft=True, **about)
    admin, thread = world.here.people[Role.AGENCY_ADMIN], str(draft.thread.uid)
    for rest in ("reply", "resolve", "reopen"):
        assert post(client, admin, url(here, "1.1", "threads", thread, rest), body="x").status_code == 404
    for rest in ([], ["send"], ["withdraw"]):
        assert (
            post(client, admin, url(here, "1.1", "comments", str(draft.uid), *rest), body="x").status_code
            == 404
        )
    assert client.get(url(here, "1.1", "comments", str(draft.uid), "scan")).status_code == 404
    client.force_login(secretary)
    own = client.get(url(here, "1.1", "comments", str(draft.uid), "scan"))
    assert b"".join(own.streaming_content) == PDF_START


def test_only_who_runs_the_year_keeps_drafts(client, world, here, secretary):
    """A committee member who sends the button's name all the same has sent the comment."""
    address = url(here, "1.1", "comments", "new")
    for person, draft in ((world.here.people["committee_1"], False), (secretary, True)):
        Comment.objects.all().delete()
        post(client, person, address, body="ข้อความ", draft="1")
        assert Comment.objects.get().is_draft == draft
        assert ("เก็บเป็นร่าง" in page_of(client, person, address)) == draft


def test_a_member_who_speaks_for_a_meeting_is_not_believed(client, world, here):
    post(
        client,
        world.here.people["committee_1"],
        url(here, "1.1", "comments", "new"),
        body="ตามมติ",
        source="ที่ประชุม ก.พ.ร.",
        source_date="20/11/2569",
    )
    assert (Comment.objects.get().source, Comment.objects.get().source_date) == ("", None)


def test_a_draft_waits_for_its_author_also_after_the_role_has_ended(client, world, here, secretary):
    draft = start(here, secretary, "ร่าง", draft=True)
    secretary.memberships.update(role=Role.EXECUTIVE)
    secretary.__dict__.pop("current_memberships", None)
    assert post(client, secretary, url(here, "1.1", "comments", str(draft.uid), "send")).status_code == 403
    assert Comment.objects.get().is_draft
    assert post(client, secretary, url(here, "category-1", "comments", "send")).status_code == 403


# --- who was asked by name ------------------------------------------------------------------------


def test_who_was_asked_by_name_answers_in_that_thread_only(client, world, here, secretary):
    executive = world.here.people[Role.EXECUTIVE]
    asked = start(here, secretary, "ขอความเห็น", mentions=[executive])
    other = start(here, secretary, "เรื่องอื่น")
    page = page_of(client, executive, url(here, "1.1"))
    assert page.count(">ตอบ</a>") == 1
    assert "✓ แก้ไขแล้ว</button>" not in page
    address = url(here, "1.1", "threads", str(asked.thread.uid), "reply")
    assert post(client, executive, address, body="เห็นด้วย").status_code == 302
    assert [c.body for c in asked.thread.comments.all()] == ["ขอความเห็น", "เห็นด้วย"]
    address = url(here, "1.1", "threads", str(other.thread.uid), "reply")
    assert post(client, executive, address, body="แทรก").status_code == 403
    assert (
        post(client, executive, url(here, "1.1", "threads", str(asked.thread.uid), "resolve")).status_code
        == 403
    )
    withdraw_comment(comment=asked, by=secretary)
    address = url(here, "1.1", "threads", str(asked.thread.uid), "reply")
    assert post(client, executive, address, body="อีกครั้ง").status_code == 403


def test_a_person_named_in_a_draft_gets_no_right_by_it(client, world, here, secretary):
    executive = world.here.people[Role.EXECUTIVE]
    first = start(here, secretary, "ส่งแล้ว")
    asked = words("ร่าง", draft=True, mentions=[executive])
    reply(placed=first.thread.criterion_thread, words=asked, by=secretary)
    assert ">ตอบ</a>" not in page_of(client, executive, url(here, "1.1"))
    address = url(here, "1.1", "threads", str(first.thread.uid), "reply")
    assert post(client, executive, address, body="รู้ได้อย่างไร").status_code == 403


def test_people_are_offered_with_their_roles_and_only_those_of_the_agency(client, world, here, secretary):
    page = page_of(client, secretary, url(here, "1.1", "comments", "new"))
    assert "senate-committee-3 (คณะทำงานหมวด 3)" in page
    assert "nso-" not in page
    assert f'value="{secretary.pk}"' not in page


# --- hostile and wrong input ----------------------------------------------------------------------


def test_markup_and_invisible_characters_are_plain_words(client, world, here, secretary):
    body = "<script>alert(1)</script>\u202e กลับ\x00ทิศ\u200b\r\nบรรทัดสอง & <b>หนา</b>"
    assert post(client, secretary, url(here, "1.1", "comments", "new"), body=body).status_code == 302
    stored = Comment.objects.get().body
    assert stored == "<script>alert(1)</script> กลับทิศ\nบรรทัดสอง & <b>หนา</b>"
    page = page_of(client, secretary, url(here, "1.1"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt; กลับทิศ<br>บรรทัดสอง &amp; &lt;b&gt;หนา&lt;/b&gt;" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", "กรุณาเขียนข้อสังเกต"),
        (" \u200b\u202e\n", "กรุณาเขียนข้อสังเกต"),
        ("ก" * (MAX_BODY + 1), "กรุณากรอกไม่เกิน 5000 ตัวอักษร (ขณะนี้มี 5001 ตัวอักษร)"),
    ],
)
def test_a_body_that_cannot_be_kept_comes_back(client, world, here, secretary, body, error):
    answer = post(client, secretary, url(here, "1.1", "comments", "new"), body=body, quote="กิจกรรม")
    assert answer.status_code == 422
    assert error in answer.content.decode()
    assert text_area(answer, "body") == body.strip()
    assert text_area(answer, "quote") == "กิจกรรม"
    assert Thread.objects.count() == 0


def test_the_limit_counts_what_is_stored(client, world, here, secretary):
    body = "ก\u0e4d\u0e32" * 10 + "ก" * (MAX_BODY - 20)
    assert post(client, secretary, url(here, "1.1", "comments", "new"), body=body).status_code == 302
    assert len(Comment.objects.get().body) == MAX_BODY


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"source": "สำนักนโยบาย"}, "กรุณาระบุวันที่ของหนังสือหรือการประชุม"),
        ({"source_date": "20/11/2569"}, "กรุณาระบุชื่อหน่วยงานหรือการประชุม"),
        ({"source": "สำนัก", "source_date": "31 กุมภาพันธ์ 2569"}, "กุมภาพันธ์"),
        ({"quote": "ไม่มีคำเหล่านี้"}, "ไม่พบถ้อยคำนี้"),
        ({"mentions": "999999"}, "ไม่ได้อยู่ในหน่วยงานแล้ว"),
        ({"uid": "ไม่ใช่"}, "UUID"),
    ],
)
def test_wrong_fields_are_told_and_kept(client, world, here, secretary, fields, error):
    answer = post(client, secretary, url(here, "1.1", "comments", "new"), body="ข้อความ", **fields)
    assert answer.status_code == 422
    assert error in answer.content.decode()
    assert text_area(answer, "body") == "ข้อความ"
    assert Comment.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("scan.pdf", b"<html>not a paper</html>", "ไฟล์นี้ไม่ใช่ PDF"),
        ("scan.pdf", b"%PDF-1.7 broken", "เปิดไฟล์ PDF นี้ไม่ได้"),
        ("scan.png", b"", "ว่างเปล่า"),
        ("scan.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "ไฟล์นี้ไม่ใช่ PDF"),
    ],
)
def test_a_paper_is_opened_as_what_it_says_it_is(client, world, here, secretary, name, content, error):
    answer = post(
        client,
        secretary,
        url(here, "1.1", "comments", "new"),
        body="ตามหนังสือ",
        source="สำนัก",
        source_date="20/11/2569",
        scan=SimpleUploadedFile(name, content),
    )
    assert (answer.status_code, Comment.objects.count()) == (422, 0)
    assert error in answer.content.decode()


def test_a_paper_is_kept_and_handed_out_locked_up(client, world, here, secretary):
    fields = {"source": "ที่ประชุม  คณะทำงาน", "source_date": "๒๐ พ.ย. ๒๕๖๙", "scan": picture()}
    post(client, secretary, url(here, "1.1", "comments", "new"), body="ตามมติ", **fields)
    made = Comment.objects.get()
    assert (made.source, str(made.source_date), made.scan_name) == (
        "ที่ประชุม คณะทำงาน",
        "2026-11-20",
        "picture.png",
    )
    answer = client.get(url(here, "1.1", "comments", str(made.uid), "scan"))
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"] == f'attachment; filename="comment-{made.uid.hex[:8]}.png"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert b"".join(answer.streaming_content).startswith(picture_bytes()[:8])
    withdraw_comment(comment=made, by=secretary)
    assert client.get(url(here, "1.1", "comments", str(made.uid), "scan")).status_code == 404


# --- passages -------------------------------------------------------------------------------------


def test_words_that_were_copied_by_hand_are_looked_for_in_all_texts(client, world, here, secretary):
    post(client, secretary, url(here, "1.1", "comments", "new"), body="อะไร", quote=" กิจกรรม  senate ")
    thread = Thread.objects.get()
    assert (thread.quote, thread.text) == (
        "กิจกรรม senate",
        Activity.objects.get(places__analysis__wording__code="1.1", round=here).text,
    )
    page = page_of(client, secretary, url(here, "1.1"))
    anchor = re.search(r'href="#(card-[^"]+)" data-pmqa-show-passage', page)[1]
    assert f'id="{anchor}"' in page


def test_a_passage_of_an_activity_that_was_taken_out_has_no_place_on_the_page(client, world, here, secretary):
    """1.3 and 1.4 share the activity; it is quoted in 1.3 only, and stays in 1.4."""
    post(client, secretary, url(here, "1.3", "comments", "new"), body="อะไร", quote="กิจกรรม senate")
    page = page_of(client, secretary, url(here, "1.3"))
    assert page.count("data-pmqa-show-passage") == 1
    assert "data-pmqa-show-passage" not in page_of(client, secretary, url(here, "1.4"))
    analysis = criterion(here, "1.3")
    activity = Activity.objects.get(text=Thread.objects.get().text)
    withdraw_activity(activity=activity, analysis=analysis, by=secretary)
    page = page_of(client, secretary, url(here, "1.3"))
    assert "data-pmqa-show-passage" not in page
    assert "ข้อความที่อ้างถึงไม่อยู่ในข้อนี้แล้ว" in page


def test_unsaved_words_of_a_card_are_kept_with_it(client, world, here, secretary):
    activity = Activity.objects.get(places__analysis__wording__code="1.1", round=here)
    fields = {"place": str(activity.uid), "quote": "ยังไม่ได้บันทึก", "before": "ก" * 60}
    post(client, secretary, url(here, "1.1", "comments", "new"), body="อะไร", **fields)
    assert (Thread.objects.get().text, Thread.objects.get().before) == (activity.text, "ก" * 40)
    assert "ข้อความส่วนนี้ถูกแก้แล้ว" in page_of(client, secretary, url(here, "1.1"))


# --- what the pages show --------------------------------------------------------------------------


def test_settled_threads_are_folded_below_the_open_ones(client, world, here, secretary):
    first, second = start(here, secretary, "เรื่องแรก"), start(here, secretary, "เรื่องที่สอง")
    resolve_thread(placed=first.thread.criterion_thread, by=secretary)
    page = page_of(client, secretary, url(here, "1.1"))
    assert page.index("เรื่องที่สอง") < page.index("แก้ไขแล้ว (1)") < page.index("เรื่องแรก")
    assert f'id="thread-{second.thread.uid}"' in page
    overview = url(here, "category-1", "comments")
    shown = {s: page_of(client, secretary, f"{overview}?show={s}") for s in ("open", "settled", "mine", "x")}
    assert ["เรื่องแรก" in text for text in shown.values()] == [False, True, True, False]
    assert ["เรื่องที่สอง" in text for text in shown.values()] == [True, False, True, True]


def test_a_script_gets_the_thread_and_the_count_and_a_refused_form_its_own_place(
    client, world, here, secretary
):
    client.force_login(secretary)
    script = {"HX-Request": "true"}
    address = url(here, "1.1", "comments", "new")
    form = client.get(address, headers=script).content.decode()
    assert "<html" not in form
    number = str(uuid.uuid4())
    refused = client.post(address, {"uid": number, "body": ""}, headers=script)
    assert refused.headers["HX-Retarget"] == f"#comment-form-{number}"
    assert f'id="comment-form-{number}"' in refused.content.decode()
    made = client.post(address, {"uid": number, "body": "ข้อสังเกต"}, headers=script).content.decode()
    assert "<html" not in made
    assert f'id="thread-{Thread.objects.get().uid}"' in made
    assert '<span id="comments-count" hx-swap-oob="true">1</span>' in made


@pytest.mark.parametrize("number", ["", "x\r\nSet-Cookie: a=b", "%s%(id)s", '"><script>', "๑" * 500])
def test_a_broken_uid_is_refused_and_breaks_nothing(client, world, here, secretary, number):
    client.force_login(secretary)
    address = url(here, "1.1", "comments", "new")
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.post(address, {"uid": number, "body": "ข้อความ"}, headers=headers)
        assert (answer.status_code, text_area(answer, "body")) == (422, "ข้อความ")
        assert "Set-Cookie: a" not in str(answer.headers)
        assert "<script>" not in answer.content.decode().replace('<script type="module"', "").replace(
            "<script src", ""
        )
    assert Comment.objects.count() == 0


def test_a_uid_that_is_taken_elsewhere_is_given_anew(client, world, here, there, secretary):
    taken = start(there, world.there.people[Role.SECRETARIAT], "ของหน่วยงานอื่น")
    client.force_login(secretary)
    answer = client.post(
        url(here, "1.1", "comments", "new"),
        {"uid": str(taken.uid), "body": "ข้อความของเรา"},
        headers={"HX-Request": "true"},
    )
    assert (answer.status_code, text_area(answer, "body")) == (409, "ข้อความของเรา")
    assert answer.headers["HX-Retarget"] == f"#comment-form-{taken.uid}"
    assert "ของหน่วยงานอื่น" not in answer.content.decode()
    fresh = value_of(answer, "uid")
    assert fresh != str(taken.uid)
    assert post(client, secretary, url(here, "1.1", "comments", "new"), uid=fresh, body="ข้อความของเรา")
    assert Comment.objects.filter(thread__agency=here.agency).count() == 1


def test_a_closed_year_shows_its_remarks_and_takes_none(client, world, here, secretary):
    made = start(here, secretary, "ก่อนปิด")
    close_round(round=here, by=secretary)
    page = page_of(client, secretary, url(here, "1.1"))
    assert "ก่อนปิด" in page
    assert not re.search(">ตอบ<|แก้ไขแล้ว</button>|ถอนความเห็นนี้<|ให้ข้อสังเกต</a>", page)
    address = url(here, "1.1", "comments", "new")
    assert client.get(address).status_code == 302
    answer = post(client, secretary, address, body="ช้าไป")
    assert (answer.status_code, text_area(answer, "body")) == (409, "ช้าไป")
    answer = post(client, secretary, url(here, "1.1", "threads", str(made.thread.uid), "resolve"))
    assert answer.status_code == 302
    assert Thread.objects.get().is_open
    assert Comment.objects.count() == 1


def test_a_draft_that_was_sent_elsewhere_comes_back_with_what_was_typed(client, world, here, secretary):
    draft = start(here, secretary, "ร่าง", draft=True)
    address = url(here, "1.1", "comments", str(draft.uid))
    page_of(client, secretary, address)
    Comment.objects.filter(pk=draft.pk).update(sent_at=draft.at)
    answer = post(client, secretary, address, uid=str(draft.uid), base_version=1, body="แก้ช้าไป")
    assert (answer.status_code, text_area(answer, "body")) == (409, "แก้ช้าไป")
    assert Comment.objects.get().body == "ร่าง"
    assert client.get(address).status_code == 302


def test_a_draft_keeps_its_paper_until_another_comes(client, world, here, secretary):
    about = {"source": "ที่ประชุม", "source_date": DAY, "scan": Scan("old.pdf", PDF_START, "pdf")}
    draft = start(here, secretary, "ร่าง", draft=True, **about)
    address = url(here, "1.1", "comments", str(draft.uid))
    fields = {"uid": str(draft.uid), "source": "ที่ประชุม", "source_date": "20 พ.ย. 2565", "draft": "1"}
    assert "old.pdf" in page_of(client, secretary, address)
    assert post(client, secretary, address, base_version=1, body="ใหม่", **fields).status_code == 302
    draft.refresh_from_db()
    assert (draft.body, draft.scan_name, draft.version) == ("ใหม่", "old.pdf", 2)
    post(client, secretary, address, base_version=2, body="ใหม่", **(fields | {"scan": picture()}))
    draft.refresh_from_db()
    assert draft.scan_name == "picture.png"
