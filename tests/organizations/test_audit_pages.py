"""The pages of the audit trail: what they show, to whom, filtered and as files."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organizations.chaining import GENESIS, link
from organizations.enums import Role
from organizations.models import AgencyTerm, AuditEvent, AuditHead, Owner, User
from organizations.services import add_term, remove_term, rename_account
from tests.guards import without_guards
from tests.world import World, join, make_round

URL = "/a/senate/audit/"


@pytest.fixture
def secretary(world: World) -> User:
    return world.here.people[Role.SECRETARIAT]


@pytest.fixture
def reader(secretary: User, client: Client) -> Client:
    """The secretariat of the first agency, signed in without a trace in the trail."""
    client.force_login(secretary)
    return client


def shown(client: Client, url: str = URL, status: int = 200, **query: Any) -> list[list[str]]:
    """The cells of the table without their markup, row by row."""
    response = client.get(url, query)
    assert response.status_code == status
    body = response.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    rows = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in body.split("</tr>")[:-1]]
    return [[" ".join(re.sub("<[^>]+>", " ", cell).split()) for cell in row] for row in rows]


def verbs_shown(client: Client, url: str = URL, **query: Any) -> list[str]:
    return [row[2] for row in shown(client, url, **query)]


def record(world: World, verb: str, obj: Any = None, **facts: Any) -> AuditEvent:
    by = world.here.people[Role.SECRETARIAT]
    return AuditEvent.record(verb, obj, by=by, agency=world.here.agency, **facts)


# --- what it shows --------------------------------------------------------------------------------


def test_newest_first_with_names_of_today(world: World, reader: Client, secretary: User):
    unit = world.here.unit
    record(world, "owner.created", unit)
    record(world, "round.reopened", make_round(world.here, world), reason="ส่งผิดฉบับ <b>")
    Owner.objects.filter(pk=unit.pk).update(name="ชื่อใหม่ของสำนัก")
    User.objects.filter(pk=secretary.pk).update(display_name="ชื่อใหม่ของเลขานุการ")
    rows = shown(reader)
    assert rows[0][1:] == [
        "ชื่อใหม่ของเลขานุการ",
        "เปิดรอบอีกครั้ง",
        f"รอบการประเมิน สำนักงานเลขาธิการวุฒิสภา ปี 2565 #{world.here.agency.rounds.get().pk}",
        "เหตุผล ส่งผิดฉบับ &lt;b&gt;",
    ]
    assert rows[-1][1:4] == [
        "ชื่อใหม่ของเลขานุการ",
        "เพิ่มผู้รับผิดชอบ",
        f"ผู้รับผิดชอบ ชื่อใหม่ของสำนัก #{unit.pk}",
    ]


def test_facts_in_words(world: World, reader: Client):
    unit, executive = world.here.unit, world.here.people[Role.EXECUTIVE]
    record(world, "member.invited", executive.memberships.get(), user=executive.pk, role="executive")
    record(world, "activity.owners", owners=[unit.pk, 10**12])
    record(world, "activity.moved", up=True)
    record(world, "activity.dates", starts_on=None, ends_on=datetime.date(2026, 11, 20))
    record(world, "request.refused", where={"agency": "senate"})
    record(
        world,
        "export.requested",
        format="docx",
        purpose="meeting",
        category=None,
        sha256="0123456789abcdef" * 4,
    )
    record(world, "owner.changed", unit, fields=["name", "no_such_field"])
    record(world, "settings.saved", fields=["name"])
    assert [row[4] for row in shown(reader)] == [
        "ช่อง name",
        "ช่อง ชื่อ, no_such_field",
        "หมวด – รูปแบบ Word วัตถุประสงค์ เอกสารประกอบการประชุม ค่าแฮช 0123456789ab…",
        "ที่ agency senate",
        "เริ่ม – สิ้นสุด 2026-11-20",
        "ขึ้น ใช่",
        f"ผู้รับผิดชอบ {unit.name}, #1000000000000",
        f"บทบาท ผู้บริหาร ผู้ใช้ {executive}",
    ]


def test_what_is_gone_or_unknown_is_shown_by_its_number(world: World, reader: Client, secretary: User):
    term = add_term(term=AgencyTerm(text="เดมมิง"), agency=world.here.agency, by=secretary)
    number = term.pk
    remove_term(term=term, by=secretary)
    AuditEvent.objects.create(
        at=timezone.now(),
        agency=world.here.agency,
        verb="old.verb",
        sequence=99,
        hash="0",
        object_type="old.thing",
        object_id="x",
    )
    assert [row[1:4] for row in shown(reader)] == [
        ["ระบบ", "old.verb", "old.thing #x"],
        [str(secretary), "นำคำที่ไม่ตัดบรรทัดออก", f"คำที่ไม่ตัดบรรทัด #{number}"],
        [str(secretary), "เพิ่มคำที่ไม่ตัดบรรทัด", f"คำที่ไม่ตัดบรรทัด #{number}"],
    ]


def test_the_text_of_an_answer_is_no_name(world: World, reader: Client):
    make_round(world.here, world)
    page = reader.get(URL, {"texts": "on"}).content.decode()
    assert "กิจกรรม senate" not in page
    assert "บันทึกข้อความ" in page


def test_an_agency_without_events(reader: Client):
    assert "ยังไม่มีเหตุการณ์" in reader.get(URL).content.decode()


def test_one_agency_sees_nothing_of_the_other(world: World, reader: Client):
    there = world.there
    AuditEvent.record(
        "round.reopened", by=there.people[Role.SECRETARIAT], agency=there.agency, reason="ความลับ"
    )
    assert shown(reader) == []
    assert reader.get("/a/nso/audit/").status_code == 404
    export = reader.post(f"{URL}export/", {"format": "json"})
    assert "ความลับ" not in b"".join(export.streaming_content).decode()  # type: ignore[attr-defined]


# --- filter ---------------------------------------------------------------------------------------


def at(event: AuditEvent, day: int, hour: int = 12) -> None:
    """Move an event to a day of November 2569, which only a test may."""
    moment = datetime.datetime(2026, 11, day, hour, tzinfo=timezone.get_default_timezone())
    with without_guards():
        AuditEvent.objects.filter(pk=event.pk).update(at=moment)


def test_days_are_whole_days_of_thailand(world: World, reader: Client):
    for verb, day, hour in (
        ("term.added", 19, 23),
        ("round.closed", 20, 0),
        ("issue.made", 20, 23),
        ("owner.changed", 21, 0),
    ):
        at(record(world, verb), day, hour)
    assert verbs_shown(reader, since="20/11/2569", until="๒๐ พฤศจิกายน ๒๕๖๙") == ["ออกฉบับ", "ปิดรอบ"]
    assert verbs_shown(reader, since="21/11/2569") == ["แก้ไขผู้รับผิดชอบ"]
    assert verbs_shown(reader, until="19/11/2569") == ["เพิ่มคำที่ไม่ตัดบรรทัด"]


def test_saves_of_texts_are_shown_when_asked_for(world: World, reader: Client):
    record(world, "text.saved")
    record(world, "round.closed")
    assert verbs_shown(reader) == ["ปิดรอบ"]
    assert verbs_shown(reader, texts="on") == ["ปิดรอบ", "บันทึกข้อความ"]
    assert verbs_shown(reader, verb="text.saved") == ["บันทึกข้อความ"]
    assert verbs_shown(reader, verb="group:การเขียนและแก้ไข") == []
    assert verbs_shown(reader, verb="group:การเขียนและแก้ไข", texts="on") == ["บันทึกข้อความ"]


def test_one_kind_or_a_group_of_kinds(world: World, reader: Client):
    for verb in ("round.closed", "round.opened", "issue.made"):
        record(world, verb)
    assert verbs_shown(reader, verb="round.closed") == ["ปิดรอบ"]
    assert verbs_shown(reader, verb="group:รอบการประเมิน") == ["เปิดรอบ", "ปิดรอบ"]


def test_a_person_is_who_did_it_and_to_whom_it_was_done(world: World, reader: Client, secretary: User):
    executive = world.here.people[Role.EXECUTIVE]
    AuditEvent.record("password.one_time", executive, by=secretary, agency=world.here.agency)
    AuditEvent.record("export.requested", by=executive, agency=world.here.agency)
    record(world, "round.closed")
    assert verbs_shown(reader, person=executive.pk) == ["สั่งพิมพ์หรือส่งออก", "ออกรหัสผ่านใช้ครั้งเดียว"]


def test_one_can_choose_whoever_had_a_role_here_and_nobody_else(
    world: World, reader: Client, secretary: User
):
    gone = world.here.people[Role.UNIT_OFFICER]
    gone.memberships.update(ended_at=timezone.now(), ended_by=secretary)
    page = reader.get(URL).content.decode()
    choices = re.search(r'<select name="person".*?</select>', page, re.DOTALL)[0]  # type: ignore[index]
    chosen = {int(value) for value in re.findall(r'value="(\d+)"', choices)}
    assert chosen == {person.pk for person in world.here.people.values()}
    foreign = world.there.people[Role.SECRETARIAT].pk
    assert shown(reader, status=422, person=foreign) == []


def test_one_row(world: World, reader: Client):
    record(world, "owner.changed", world.here.unit)
    record(world, "owner.changed", world.here.agency)
    query = {"object_type": "organizations.owner", "object_id": "๑๒๓"}
    assert shown(reader, **query) == []
    query["object_id"] = str(world.here.unit.pk)
    assert [row[3] for row in shown(reader, **query)] == [f"ผู้รับผิดชอบ {world.here.unit} #{world.here.unit.pk}"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"since": "20/11/2026"}, "คริสต์ศักราช"),
        ({"since": "21/11/2569", "until": "20/11/2569"}, "วันสุดท้ายต้องไม่อยู่ก่อนวันแรก"),
        ({"verb": "no.such"}, "เหตุการณ์"),
        ({"object_type": "x"}, "รายการ"),
        ({"person": "abc"}, "บุคคล"),
    ],
)
def test_a_filter_that_cannot_be_is_told_and_kept(world: World, reader: Client, query, sentence):
    record(world, "round.closed")
    response = reader.get(URL, query)
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert "<tbody>" not in page
    if "since" in query:
        assert f'value="{query["since"]}"' in page
    assert reader.post(f"{URL}export/", query | {"format": "csv"}).status_code == 400


# --- pages of a long trail ------------------------------------------------------------------------


def test_every_event_stands_on_one_page_also_when_others_write_meanwhile(world: World, reader: Client):
    events = [record(world, "issue.made", number=number) for number in range(1, 121)]
    seen: list[str] = []
    url = f"{URL}?verb=issue.made"
    while url:
        page = reader.get(url).content.decode()
        seen += re.findall(r'<span class="muted">ฉบับที่</span> (\d+)', page)
        record(world, "issue.made", number=0)
        way = re.search(r'href="(\?[^"]*before=\d+)" rel="next"', page)
        url = f"{URL}{way[1].replace('&amp;', '&')}" if way else ""
    assert seen == [str(event.facts["number"]) for event in reversed(events)]


@pytest.mark.parametrize("before", ["x", "-1", "๑", "9" * 40, "1;2"])
def test_a_place_that_is_none_is_the_beginning(world: World, reader: Client, before):
    record(world, "round.closed")
    assert verbs_shown(reader, before=before) == ["ปิดรอบ"]


# --- files ----------------------------------------------------------------------------------------


def exported(client: Client, url: str = URL, **asked: str) -> str:
    response = client.post(f"{url}export/", asked)
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment; filename=")
    return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]


def test_csv_is_safe_for_excel_and_holds_what_was_asked_for(world: World, reader: Client, secretary: User):
    User.objects.filter(pk=secretary.pk).update(display_name='=HYPERLINK("http://x")')
    made = record(world, "round.reopened", reason='+1 "ก",\n@ข')
    record(world, "issue.made")
    text = exported(reader, format="csv", verb="round.reopened")
    assert text.startswith("\ufeffลำดับ,")
    heading, line = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    cells = dict(zip(heading, line, strict=True))
    assert cells["ลำดับ"] == str(made.sequence)
    assert cells["ผู้ดำเนินการ"] == '\'=HYPERLINK("http://x")'
    assert cells["รายละเอียด"] == 'เหตุผล: +1 "ก",\n@ข'
    assert cells["ค่าแฮช"] == made.hash
    assert not [cell for cell in line if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_json_is_enough_to_prove_the_chain_elsewhere(world: World, reader: Client):
    for number in range(5):
        record(world, "round.reopened", number=number, reason="ก")
    data = json.loads(exported(reader, format="json", texts="on"))
    assert (data["format"], data["agency"]) == ("pmqa-audit 1", str(world.here.agency.uid))
    previous = GENESIS
    for event in data["events"]:
        assert link(previous, event | {"at": datetime.datetime.fromisoformat(event["at"])}) == event["hash"]
        previous = event["hash"]
    assert [event["verb"] for event in data["events"]][-1] == "audit.exported"
    assert str(world.here.people[Role.SECRETARIAT]) not in json.dumps(data, ensure_ascii=False)


def test_an_empty_choice_is_a_file_too(world: World, reader: Client):
    assert json.loads(exported(reader, format="json", verb="issue.made"))["events"] == []
    assert len(exported(reader, format="csv", verb="issue.made").splitlines()) == 1


def test_who_took_the_trail_along_stands_in_it(world: World, reader: Client, secretary: User):
    exported(reader, format="csv", verb="issue.made", person=str(secretary.pk), since="20/11/2569")
    event = AuditEvent.objects.get(verb="audit.exported")
    asked = {"verb": "issue.made", "person": secretary.pk, "since": "2026-11-20"}
    assert (event.actor, event.agency, event.facts) == (
        secretary,
        world.here.agency,
        {"format": "csv", "filter": asked},
    )


def test_another_format_is_refused(reader: Client):
    assert reader.post(f"{URL}export/", {"format": "exe"}).status_code == 400
    assert not AuditEvent.objects.filter(verb="audit.exported").exists()


def test_a_long_trail_leaves_in_pieces(world: World, reader: Client, monkeypatch):
    monkeypatch.setattr("organizations.exporters.audit.PIECE", 7)
    for number in range(20):
        record(world, "issue.made", number=number)
    events = json.loads(exported(reader, format="json", verb="issue.made"))["events"]
    assert [event["facts"]["number"] for event in events] == list(range(20))
    assert len(exported(reader, format="csv", verb="issue.made").splitlines()) == 21


# --- the proof on the page ------------------------------------------------------------------------


def test_the_button_says_unbroken_with_the_head(world: World, reader: Client, secretary: User):
    last = [record(world, "round.closed") for _ in range(3)][-1]
    page = reader.post(f"{URL}check/").content.decode()
    assert "บันทึกเหตุการณ์ครบถ้วน" in page
    assert last.hash in page
    event = AuditEvent.objects.get(verb="audit.checked")
    assert (event.actor, event.facts) == (secretary, {"events": 3, "broken": 0, "head": last.hash})


def test_the_button_names_what_is_broken(world: World, reader: Client):
    for _ in range(30):
        record(world, "round.closed")
    with without_guards():
        AuditEvent.objects.update(verb="round.opened")
    page = reader.post(f"{URL}check/").content.decode()
    assert "พบความผิดปกติ 30 ตำแหน่ง" in page
    assert "<li>ลำดับที่ 20 ถูกแก้ไข</li>" in page
    assert "ลำดับที่ 21" not in page
    assert "และอีก 10 ตำแหน่ง" in page


def test_the_button_works_for_a_chain_that_has_not_begun(world: World, reader: Client):
    assert "จากทั้งหมด 0 เหตุการณ์" in reader.post(f"{URL}check/").content.decode()
    assert AuditHead.objects.get(agency=world.here.agency).sequence == 1


# --- the installation -----------------------------------------------------------------------------


@pytest.fixture
def administrator(world: World, client: Client) -> Client:
    client.force_login(world.admin)
    return client


def test_the_administrator_sees_accounts_of_all_agencies_and_nothing_of_their_work(
    world: World, administrator: Client
):
    executive = world.here.people[Role.EXECUTIVE]
    record(world, "round.reopened", make_round(world.here, world), reason="ความลับของหน่วยงาน")
    record(world, "member.invited", executive.memberships.get(), user=executive.pk, role="executive")
    AuditEvent.record("edition.loaded", world.edition, by=None, code="2564")
    assert verbs_shown(administrator, "/audit/") == ["นำเข้าเกณฑ์", "ให้บทบาท"]
    for format in ("csv", "json"):
        text = exported(administrator, "/audit/", format=format, texts="on")
        assert "ความลับของหน่วยงาน" not in text
        assert "round.reopened" not in text
    assert administrator.get(URL).status_code == 403


def test_the_administrator_types_a_user_name(world: World, administrator: Client):
    person = world.there.people[Role.EXECUTIVE]
    AuditEvent.record("password.link", person, by=world.admin, agency=world.there.agency)
    AuditEvent.record("edition.loaded", world.edition, by=None)
    assert verbs_shown(administrator, "/audit/", person=person.username.upper()) == ["ออกลิงก์ตั้งรหัสผ่าน"]
    assert "ไม่พบผู้ใช้ชื่อนี้" in administrator.get("/audit/", {"person": "nobody"}).content.decode()


def test_the_administrator_checks_the_chain_of_the_installation(world: World, administrator: Client):
    last = AuditEvent.record("edition.loaded", world.edition, by=None)
    assert last.hash in administrator.post("/audit/check/").content.decode()
    assert AuditEvent.objects.get(verb="audit.checked").agency is None


def test_the_way_to_the_trail(world: World, reader: Client):
    assert reverse("audit_list", args=["senate"]) in reader.get("/a/senate/members/").content.decode()
    reader.force_login(world.admin)
    assert reverse("audit_list", args=["senate"]) not in reader.get("/a/senate/members/").content.decode()
    assert reverse("installation_audit") in reader.get("/agencies/").content.decode()


def test_a_name_that_was_corrected_is_right_on_old_events(world: World, reader: Client, secretary: User):
    committee = world.here.people["committee_1"]
    AuditEvent.record("export.requested", by=committee, agency=world.here.agency)
    rename_account(person=committee, agency=world.here.agency, display_name="ชื่อที่ถูกต้อง", by=secretary)
    assert [row[1] for row in shown(reader)] == [str(secretary), "ชื่อที่ถูกต้อง"]


def test_the_role_of_a_unit_officer_is_named_with_the_unit(world: World, reader: Client):
    officer = join(
        world.here.people[Role.EXECUTIVE], world.here.agency, Role.UNIT_OFFICER, unit=world.here.unit
    )
    role = officer.memberships.get(role=Role.UNIT_OFFICER)
    record(world, "member.invited", role)
    assert shown(reader)[0][3] == f"สมาชิก {role} #{role.pk}"
