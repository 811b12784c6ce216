"""Pages of feedback: who sees and who enters what, and what happens to what was typed."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
import yaml
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

from feedback.models import FeedbackPoint
from feedback.services import add_point, withdraw_point
from feedback.templatetags.feedback import marked_html
from feedback.views import points as views
from framework.models import Criterion, Edition, EditionCriterion
from organizations.models import AuditEvent
from tests.world import World, make_edition

SHEETS = Path(__file__).resolve().parents[2] / "fixtures" / "demo_senate_2565" / "sheets"
LIST = "/a/senate/feedback/"
NEW = "/a/senate/feedback/new/"


def make_point(
    world: World, *, there: bool = False, code: str = "1.1", year: int = 2564, **fields
) -> FeedbackPoint:
    agency = world.there.agency if there else world.here.agency
    values = {"text": "มีแผน แต่ยังขาดตัววัด", "strength": "แผน", "gap": "ตัววัด", "by": None, "step": 2}
    criterion = Criterion.objects.get(identity=f"pmqa4-{code}")
    return add_point(agency=agency, year=year, criterion=criterion, **{**values, **fields})


def typed(**fields) -> dict[str, object]:
    values = {
        "year": "2564", "step": "2", "criterion": Criterion.objects.get(identity="pmqa4-1.1").pk,
        "text": "มีแผน แต่ยังขาดตัววัด", "strength": "แผน", "gap": "ตัววัด", "level": "",
    }  # fmt: skip
    return {**values, **fields}


def edit_url(point: FeedbackPoint) -> str:
    return reverse("feedback_edit", args=[point.agency.code, point.uid])


@pytest.fixture
def secretariat(world: World, client: Client) -> Client:
    client.force_login(world.here.people["secretariat"])
    return client


# --- rights ---


@pytest.mark.parametrize("who", ["committee_1", "committee_3", "unit_officer", "executive"])
def test_members_read_and_do_not_write(world: World, client: Client, who: str) -> None:
    point = make_point(world)
    client.force_login(world.here.people[who])
    page = client.get(LIST)
    assert page.status_code == 200
    assert '<mark class="good">แผน</mark>' in page.content.decode()
    assert "เพิ่มข้อเสนอแนะ" not in page.content.decode()
    assert str(point.uid) not in page.content.decode()
    assert client.get(NEW).status_code == client.post(NEW, typed(text="แผน ตัววัด")).status_code == 403
    assert (
        client.get(edit_url(point)).status_code
        == client.post(edit_url(point), typed(version=1)).status_code
        == 403
    )
    for name in ("feedback_withdraw", "feedback_move"):
        assert client.post(reverse(name, args=["senate", point.uid]), {"version": 1}).status_code == 403
    assert [(row.version, row.withdrawn_at) for row in FeedbackPoint.objects.all()] == [(1, None)]


@pytest.mark.parametrize("who", ["secretariat", "agency_admin"])
def test_those_who_run_the_agency_write(world: World, client: Client, who: str) -> None:
    point = make_point(world)
    client.force_login(world.here.people[who])
    assert f'href="{edit_url(point)}"' in client.get(LIST).content.decode()
    assert client.get(NEW).status_code == client.get(edit_url(point)).status_code == 200


def test_other_agencies_do_not_exist(world: World, client: Client) -> None:
    theirs, ours = make_point(world, there=True, text="ความลับของเขา แผน ตัววัด"), make_point(world)
    for person in (world.here.people["secretariat"], world.here.people["committee_1"], world.stranger):
        client.force_login(person)
        assert client.get("/a/nso/feedback/").status_code == 404
        assert client.get("/a/nso/feedback/new/").status_code == 404
        assert client.post(edit_url(theirs), typed(version=1)).status_code == 404
        assert (
            client.post(reverse("feedback_withdraw", args=["nso", theirs.uid]), {"version": 1}).status_code
            == 404
        )
    client.force_login(world.here.people["secretariat"])
    # our own agency in the address, their point behind it
    assert client.get(f"/a/senate/feedback/{theirs.uid}/edit/").status_code == 404
    for name in ("feedback_edit", "feedback_withdraw", "feedback_move"):
        assert client.post(reverse(name, args=["senate", theirs.uid]), typed(version=1)).status_code == 404
    assert "ความลับของเขา" not in client.get(LIST).content.decode()
    assert [row.version for row in FeedbackPoint.objects.all()] == [1, 1]
    assert ours.agency.code == "senate"


def test_the_installation_administrator_reads_no_feedback(world: World, client: Client) -> None:
    make_point(world)
    client.force_login(world.admin)
    assert client.get(LIST).status_code == 403
    assert client.get(NEW).status_code == 403


def test_pages_need_a_sign_in_and_the_right_method(world: World, client: Client) -> None:
    point = make_point(world)
    assert client.get(LIST).status_code == 302
    client.force_login(world.here.people["secretariat"])
    assert client.post(LIST).status_code == 405
    for name in ("feedback_withdraw", "feedback_move"):
        assert client.get(reverse(name, args=["senate", point.uid])).status_code == 405


# --- the list ---


def test_the_list_shows_a_year_at_a_time(world: World, secretariat: Client) -> None:
    make_point(world, text="ของปี 2564 แผน ตัววัด")
    make_point(world, year=2566, text="ของปี 2566 แผน ตัววัด")
    newest = secretariat.get(LIST).content.decode()
    assert "ของปี 2566 " in newest
    assert "ของปี 2564 " not in newest
    assert '<a href="?year=2566" aria-current="page">ปี 2566 <span>(1)</span></a>' in newest
    older = secretariat.get(LIST, {"year": "๒๕๖๔"}).content.decode()
    assert "ของปี 2564 " in older
    assert "ชื่อสั้น 1.1" in older
    assert "ยังไม่มีข้อเสนอแนะของปี 2560" in secretariat.get(LIST, {"year": "2560"}).content.decode()


@pytest.mark.parametrize("wrong", ["2024", "9999", "abc", "1' OR 1=1"])
def test_a_wrong_year_is_named_and_the_newest_shown(world: World, secretariat: Client, wrong: str) -> None:
    make_point(world)
    response = secretariat.get(LIST, {"year": wrong})
    assert response.status_code == 200
    assert response.context["year"] == 2564
    assert "จึงแสดงปี 2564" in response.content.decode()


def test_withdrawn_points_are_not_shown(world: World, secretariat: Client) -> None:
    withdraw_point(point=make_point(world, text="ถอน แผน ตัววัด"), base_version=1, by=world.admin)
    make_point(world, code="2.1")
    page = secretariat.get(LIST).content.decode()
    assert "1 ข้อเสนอแนะ" in page
    assert "ถอน แผน" not in page


def test_empty_lists_say_what_to_do(world: World, client: Client) -> None:
    client.force_login(world.here.people["secretariat"])
    assert "กรุณากด “เพิ่มข้อเสนอแนะ”" in client.get(LIST).content.decode()
    client.force_login(world.here.people["committee_1"])
    assert "ฝ่ายเลขานุการจะบันทึก" in client.get(LIST).content.decode()
    Edition.objects.all().delete()
    assert "กรุณาแจ้งผู้ดูแลระบบให้นำเข้าเกณฑ์" in client.get(LIST).content.decode()


def test_the_list_costs_the_same_for_1_and_for_30_points(
    world: World, secretariat: Client, django_assert_max_num_queries
) -> None:
    def queries() -> int:
        with django_assert_max_num_queries(25) as captured:
            assert secretariat.get(LIST + "?year=2564").status_code == 200
        return len(captured.captured_queries)

    make_point(world)
    one = queries()
    for number in range(2, 7):
        for index in range(1, 5):
            make_point(world, code=f"{number}.{index}")
    for number in range(10):
        make_point(world, year=2550 + number)
        make_point(world, text=f"แผน ตัววัด {number}")
        make_edition(f"x{number}", 2500 + number)
    assert FeedbackPoint.objects.filter(year=2564).count() == 31
    assert queries() == one


def test_the_whole_demonstration_feedback_is_shown_with_its_marks(world: World, secretariat: Client) -> None:
    count = marked = 0
    for path in sorted(SHEETS.glob("*.yaml")):
        for sheet in yaml.safe_load(path.read_text(encoding="utf-8"))["sheets"]:
            for criterion in sheet["criteria"]:
                for point in criterion.get("feedback", []):
                    make_point(world, code=criterion["code"], **point)
                    count, marked = count + 1, marked + bool(point["strength"])
    page = secretariat.get(LIST).content.decode()
    assert (count, marked) == (27, 9)
    assert page.count("<blockquote") == 27
    assert page.count('<mark class="gap">') == 27 + 1  # and the legend
    assert page.count('<mark class="good">') == 9 + 1


# --- entering ---


def test_a_point_is_entered_verbatim(world: World, secretariat: Client) -> None:
    text = "มีแผน\r\n  แต่ยังขาดตัววัด <b>ทุกระดับ</b>"
    response = secretariat.post(NEW, typed(text=text, year="๒๕๖๔", level="basic"))
    point = FeedbackPoint.objects.get()
    assert (response.status_code, response.url) == (302, f"{LIST}?year=2564#criterion-{point.criterion_id}")
    assert (point.text, point.year, point.level) == ("มีแผน\n  แต่ยังขาดตัววัด <b>ทุกระดับ</b>", 2564, "basic")
    page = secretariat.get(LIST).content.decode()
    assert '<mark class="good">แผน</mark><br>  แต่ยังขาด<mark class="gap">ตัววัด</mark> &lt;b&gt;ทุกระดับ' in page


def test_the_next_point_follows_at_the_same_place(world: World, secretariat: Client) -> None:
    data = typed(again="1", criterion=Criterion.objects.get(identity="pmqa4-5.3").pk)
    response = secretariat.post(NEW, data)
    assert response.url == f"{NEW}?criterion={data['criterion']}&year=2564&step=2"
    form = secretariat.get(response.url).context["form"]
    assert (form["criterion"].value(), form["year"].value()) == (str(data["criterion"]), 2564)


def test_a_button_pressed_twice_enters_once(world: World, secretariat: Client) -> None:
    secretariat.post(NEW, typed())
    response = secretariat.post(NEW, typed())
    assert response.status_code == 422
    assert "มีข้อเสนอแนะข้อความเดียวกันนี้ในเกณฑ์และปีนี้แล้ว" in response.content.decode()
    assert FeedbackPoint.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ({"year": "2024"}, "year", "ปี 2024 เป็นคริสต์ศักราช กรุณาพิมพ์เป็นพุทธศักราช เช่น 2567"),
        ({"year": "2399"}, "year", "ปี 2399 อยู่นอกช่วง 2400–2700 กรุณาตรวจสอบปีพุทธศักราช"),
        ({"year": "2701"}, "year", "ปี 2701 อยู่นอกช่วง 2400–2700 กรุณาตรวจสอบปีพุทธศักราช"),
        ({"text": " \u200b\r\n "}, "text", None),
        ({"text": "ก" * 20_001, "strength": "", "gap": ""}, "text", None),
        ({"criterion": ""}, "criterion", None),
        ({"criterion": "999999"}, "criterion", None),
        ({"step": "4"}, "step", None),
        ({"level": "expert"}, "level", None),
        ({"strength": "โครงการ"}, "strength", "ไม่พบข้อความนี้ในข้อความของสำนักงาน ก.พ.ร. กรุณาคัดมาให้ตรงทุกตัวอักษร"),
        ({"gap": "ตัววัด "}, None, None),
        ({"gap": "แต่ ยังขาด"}, "gap", "ไม่พบข้อความนี้ในข้อความของสำนักงาน ก.พ.ร. กรุณาคัดมาให้ตรงทุกตัวอักษร"),
        ({"strength": "มีแผน แต่", "gap": "แต่ยังขาด"}, "gap", "ทับซ้อนกับส่วนที่ดี กรุณาแยกเป็นคนละช่วงของข้อความ"),
    ],
)
def test_bad_input_is_refused_and_kept(
    world: World, secretariat: Client, wrong: dict[str, str], field: str | None, message: str | None
) -> None:
    response = secretariat.post(NEW, typed(**wrong))
    if field is None:
        assert (response.status_code, FeedbackPoint.objects.count()) == (302, 1)
        return
    form = response.context["form"]
    assert response.status_code == 422
    assert list(form.errors) == [field]
    if message:
        assert form.errors[field] == [message]
    assert {name: form[name].value() for name in wrong} == wrong
    assert not FeedbackPoint.objects.exists()


def test_an_empty_post_is_refused_too(world: World, secretariat: Client) -> None:
    assert secretariat.post(NEW, {}).status_code == 422


def test_marks_are_suggested_from_the_text_and_nothing_is_saved(world: World, secretariat: Client) -> None:
    text = "มีแนวทาง แต่ยังขาดตัววัด"
    response = secretariat.post(NEW, typed(text=text, strength="เก่า", gap="", year="abc", suggest="1"))
    form = response.context["form"]
    values = [form[name].value() for name in ("text", "strength", "gap", "year")]
    assert (response.status_code, values) == (200, [text, "แนวทาง", "ตัววัด", "abc"])
    assert '<mark class="good">แนวทาง</mark>' in response.content.decode()
    assert 'data-pmqa-unsaved="yes"' in response.content.decode()
    assert 'data-pmqa-unsaved="yes"' not in secretariat.get(NEW).content.decode()
    assert not FeedbackPoint.objects.exists()
    empty = secretariat.post(NEW, typed(text="", suggest="1"))
    assert "กรุณาวางข้อความของสำนักงาน ก.พ.ร. ก่อน" in empty.content.decode()


# --- correcting ---


def test_a_correction_is_saved(world: World, secretariat: Client) -> None:
    point = make_point(world)
    form = secretariat.get(edit_url(point)).context["form"]
    assert [form[name].value() for name in ("year", "text", "gap", "version")] == [
        2564,
        point.text,
        "ตัววัด",
        1,
    ]
    response = secretariat.post(edit_url(point), typed(version=1, text="มีแผน แต่ยังขาดตัววัดและคน"))
    assert response.url == f"{LIST}?year=2564#criterion-{point.criterion_id}"
    point.refresh_from_db()
    assert (point.text, point.version) == ("มีแผน แต่ยังขาดตัววัดและคน", 2)


def test_a_stale_save_shows_the_other_text_and_keeps_ones_own(world: World, client: Client) -> None:
    point = make_point(world)
    client.force_login(world.here.people["agency_admin"])
    client.post(edit_url(point), typed(version=1, text="ของผู้ดูแล แผน ตัววัด"))
    client.force_login(world.here.people["secretariat"])
    mine = typed(version=1, text="ของเลขา แผน ตัววัด")
    refused = client.post(edit_url(point), mine)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert 'ของผู้ดูแล <mark class="good">แผน</mark>' in page
    assert "senate-agency-admin" in page
    form = refused.context["form"]
    assert (form["text"].value(), form["version"].value()) == ("ของเลขา แผน ตัววัด", "2")
    point.refresh_from_db()
    assert point.text == "ของผู้ดูแล แผน ตัววัด"
    # the second press is a decision, made with the other text in view
    assert client.post(edit_url(point), {**mine, "version": "2"}).status_code == 302
    point.refresh_from_db()
    assert (point.text, point.version) == ("ของเลขา แผน ตัววัด", 3)


@pytest.mark.parametrize("version", ["", "0", "7", "x"])
def test_a_save_without_the_right_version_is_not_accepted(
    world: World, secretariat: Client, version: str
) -> None:
    point = make_point(world)
    response = secretariat.post(edit_url(point), typed(version=version, text="ใหม่ แผน ตัววัด"))
    assert response.status_code in (409, 422)
    assert "ใหม่ แผน ตัววัด" in response.content.decode()
    point.refresh_from_db()
    assert point.text == "มีแผน แต่ยังขาดตัววัด"


def test_a_save_on_a_withdrawn_point_can_become_a_new_one(world: World, secretariat: Client) -> None:
    point = make_point(world)
    withdraw_point(point=point, base_version=1, by=world.here.people["agency_admin"])
    assert secretariat.get(edit_url(point)).status_code == 404
    mine = typed(version=1, text="ของเลขา แผน ตัววัด")
    for version in ("1", "2"):
        refused = secretariat.post(edit_url(point), {**mine, "version": version})
        page = refused.content.decode()
        assert refused.status_code == 409
        assert f'action="{NEW}"' in page
        assert "บันทึกเป็นข้อใหม่" in page
        assert refused.context["form"]["text"].value() == "ของเลขา แผน ตัววัด"
    assert secretariat.post(NEW, mine).status_code == 302
    assert list(FeedbackPoint.objects.current().values_list("text", flat=True)) == ["ของเลขา แผน ตัววัด"]


def test_withdrawing(world: World, secretariat: Client) -> None:
    point = make_point(world)
    url = reverse("feedback_withdraw", args=["senate", point.uid])
    for stale in ("", "0", "2", "x"):
        refused = secretariat.post(url, {"version": stale})
        assert refused.status_code == 409
        assert "จึงยังไม่ได้ถอน" in refused.content.decode()
    assert FeedbackPoint.objects.current().count() == 1
    assert secretariat.post(url, {"version": "1"}).url == f"{LIST}?year=2564#criterion-{point.criterion_id}"
    assert (FeedbackPoint.objects.count(), FeedbackPoint.objects.current().count()) == (1, 0)
    assert secretariat.post(url, {"version": "2"}).status_code == 404
    assert AuditEvent.objects.filter(verb="feedback.withdrawn").count() == 1


def test_points_of_a_criterion_move_up_and_down(world: World, secretariat: Client) -> None:
    keys = [make_point(world, text=f"แผน ตัววัด {number}") for number in range(3)]
    make_point(world, code="1.2")

    def order_after(index: int, direction: str) -> list[int]:
        secretariat.post(reverse("feedback_move", args=["senate", keys[index].uid]), {"direction": direction})
        rows = FeedbackPoint.objects.filter(criterion__identity="pmqa4-1.1").order_by("position")
        return [keys.index(row) for row in rows]

    assert order_after(2, "up") == [0, 2, 1]
    assert order_after(0, "down") == [2, 0, 1]
    assert order_after(2, "up") == [2, 0, 1]
    assert order_after(1, "down") == [2, 0, 1]
    page = secretariat.get(LIST).content.decode()
    assert (page.count("เลื่อนขึ้น"), page.count("เลื่อนลง")) == (2, 2)


def test_unknown_points_are_not_found(world: World, secretariat: Client) -> None:
    assert secretariat.get(f"/a/senate/feedback/{uuid.uuid4()}/edit/").status_code == 404


# --- parts ---


def test_marks_are_escaped_and_keep_their_lines() -> None:
    point = FeedbackPoint(text="<i>ดี</i>\n& แย่", strength="<i>ดี</i>\n&", gap="แย่")
    assert (
        marked_html(point)
        == '<mark class="good">&lt;i&gt;ดี&lt;/i&gt;<br>&amp;</mark> <mark class="gap">แย่</mark>'
    )
    assert marked_html(FeedbackPoint(text="<script>", strength="x", gap="")) == "&lt;script&gt;"


def test_the_partial_stands_alone() -> None:
    rendered = Template('{% include "feedback/_point.html" with point=point only %}').render(
        Context({"point": FeedbackPoint(text="ขาดแผน", gap="แผน")})
    )
    assert 'ขาด<mark class="gap">แผน</mark>' in rendered


def test_a_point_taken_away_while_it_is_moved_is_said(world: World, secretariat: Client, monkeypatch) -> None:
    point = make_point(world)
    found = views._point

    def taken_away(*args):
        read = found(*args)
        withdraw_point(point=point, base_version=1, by=world.here.people["agency_admin"])
        return read

    monkeypatch.setattr(views, "_point", taken_away)
    address = reverse("feedback_move", args=["senate", point.uid])
    answer = secretariat.post(address, {"direction": "down"}, follow=True)
    assert "รายการเปลี่ยนไประหว่างนั้น กรุณาตรวจลำดับอีกครั้ง" in answer.content.decode()


# --- the step that a new point starts with ---


@pytest.mark.parametrize(
    ("query", "step"),
    [("?year=2565", 2), ("?year=2564", 3), ("?year=2564&step=1", 1), ("?year=2564&step=9", 3), ("", 3)],
)
def test_a_new_point_starts_with_the_step_of_the_letter(
    world: World, secretariat: Client, query: str, step: int
) -> None:
    make_point(world, step=1)
    make_point(world, code="1.2", step=3)
    make_point(world, there=True, year=2565, step=1)
    form = secretariat.get(NEW + query).context["form"]
    assert form["step"].value() == step


# --- results ---


def test_results_are_not_offered_and_a_point_about_one_may_stay(world: World, secretariat: Client) -> None:
    result = EditionCriterion.objects.get(code="7.1")
    body = typed(criterion=result.criterion_id)
    assert secretariat.post(NEW, body).status_code == 422
    make_point(world)
    page = secretariat.get(LIST).content.decode()
    assert "หมวด 6" in page
    assert "หมวด 7" not in page
    stored = make_point(world, code="7.1")
    assert "หมวด 7" in secretariat.get(LIST).content.decode()
    assert secretariat.post(edit_url(stored), body | {"version": 1}).status_code == 302
