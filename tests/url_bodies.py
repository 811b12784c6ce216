"""What is posted to the addresses: bodies that would change something if they got through."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from assessment.models import ChosenPractice
from assessment.sources import Source
from documents.exchange.canonical import dump
from documents.exchange.taking import plan_for
from feedback.importers.template import feedback_template
from framework.exporters import dump_edition
from framework.forms import fingerprint
from framework.importers import read_edition
from framework.services import compare_edition
from organizations.importers.members import members_template
from practices.case_template import case_template
from practices.models import Practice
from tests.url_rows import Values
from tests.url_world import YEAR, Holdings, exchange_document, picture


def text_body(version: int, html: str = "<p>เขียนใหม่</p>") -> Values:
    """A rich text on top of a version."""
    return {"key": str(uuid.uuid4()), "base_version": version, "html": html}


def restore_body(version: int) -> Values:
    """The first version of a text used again, on top of a version."""
    return {"version": 1, "base_version": version, "key": str(uuid.uuid4())}


def proposal_body(h: Holdings) -> Values:
    """The late text of the criterion's analysis taken, on top of what stands."""
    proposal = h.analysis.analysis.proposals.get()
    return {"proposal": proposal.pk, "base_version": h.analysis.analysis.version, "decision": "accept"}


def source_body(chosen: ChosenPractice) -> Values:
    """The copy kept as it is, though its source has changed."""
    practice = Practice.objects.select_related("agency", "text").get(pk=chosen.practice_id)
    asked = {"decision": "keep", "mark": Source.of(practice).mark, "base_version": chosen.text.version}
    return asked | {"key": str(uuid.uuid4())}


def activity_body(h: Holdings, **changes: Any) -> Values:
    """The activity with another text; its owner line stays."""
    activity = h.activity
    line = activity.owner_lines.get()
    owners: Values = {"owners-TOTAL_FORMS": 1, "owners-INITIAL_FORMS": 1, "owners-0-ORDER": 1}
    owners |= {"owners-0-owner": line.owner.name, "owners-0-note": line.note, "owners-0-joiner": ""}
    versions = {"uid": activity.uid, "owners_version": activity.owners_version}
    return text_body(activity.text.version) | versions | owners | changes


def comment_body(**changes: Any) -> Values:
    """A remark."""
    return {"uid": str(uuid.uuid4()), "body": "ข้อสังเกตใหม่", "send": "1"} | changes


def case_body(h: Holdings, base: Any = None) -> Values:
    """A case about 1.1, new or on top of what stands."""
    criterion = h.round.edition.criteria.get(code="1.1").criterion_id
    versions = {"base_practice": base.version, "base_text": base.text.version} if base else {}
    facts = {"agency_name": h.shared.example.name, "title": "เรื่องใหม่", "criteria": [criterion]}
    return (
        facts | {"base_practice": 0, "base_text": 0, "uid": uuid.uuid4(), "html": "<p>เนื้อหา</p>"} | versions
    )


def exchange_file(h: Holdings) -> SimpleUploadedFile:
    """A file in the exchange format for the round."""
    return SimpleUploadedFile("round.json", dump(exchange_document(h.round)), "application/json")


def incoming_body(h: Holdings) -> Values:
    """The file confirmed as it was shown, with its side taken."""
    plan = plan_for(h.incoming.understood["document"], h.round, trusted=False)
    return {"seen": plan.fingerprint, **{unit.name: "file" for unit in plan.changes}}


def point_body(h: Holdings, **changes: Any) -> Values:
    """A point of feedback about the criterion."""
    criterion = h.point.criterion_id
    return {"year": YEAR - 1, "step": 2, "criterion": criterion, "text": "ข้อความใหม่", "level": ""} | changes


def letter_body() -> Values:
    """A pasted letter about one criterion."""
    return {"year": YEAR - 1, "step": 2, "text": "1.1 ยังขาดตัวชี้วัด"}


def letter_rows(h: Holdings) -> Values:
    """The same letter with its one row as it is entered."""
    rows = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0, "form-0-text": "ยังขาดตัวชี้วัด"}
    return letter_body() | rows | {"form-0-criterion": h.point.criterion_id}


def letter_paper() -> Values:
    """A scan of the paper."""
    return {"year": YEAR - 1, "step": 2, "file": picture()}


def edition_body(h: Holdings) -> Values:
    """A changed file of an edition that no round uses, confirmed as it was shown."""
    content = dump_edition(h.shared.free_edition).replace("ชื่อสั้น 1.1", "ชื่อสั้นใหม่")
    seen = fingerprint(compare_edition(read_edition(content.encode(), "new.yaml")))
    return {"name": "new.yaml", "content": content, "seen": seen}


def gap_body(h: Holdings, **changes: Any) -> Values:
    """Another gap of the criterion, or the gap corrected on top of its version."""
    source = {"unmet_level": "basic", "unmet_remark": "ยังขาดแผน"}
    facts = {"code": f"{h.code}.9", "title": "ประเด็นใหม่", "reason": "เหตุผลใหม่", "lead": h.place.unit.pk}
    return source | facts | {"base_version": h.gap.version} | changes


def join_body(h: Holdings) -> Values:
    """The summaries of the units joined again, over what stands."""
    version = h.gap.reports.get(quarter=4).text.version
    return {"key": str(uuid.uuid4()), "base_version": version, "over": "append"}


def sheet_setup_body(h: Holdings) -> Values:
    """New headings of the category."""
    names = ("heading_feedback", "heading_practice", "heading_activity", "heading_owner")
    return {"base_version": h.sheet.version, "layout": h.sheet.layout} | dict.fromkeys(names, "หัวใหม่")


ROUND_BODY = {"title": "ชื่อใหม่", "feedback_year": YEAR - 1, "feedback_step": 2}
ROUND_BODY |= {"font_points": 14, "binding_margin_mm": 5, "deadline": ""}
OWNER_BODY = {"kind": "unit", "name": "สำนักใหม่", "abbreviation": "สม."}
# what the form of an owner or agency that nobody has changed was made from
FIRST = {"base_version": 1}
PERSON_BODY = {"display_name": "ผู้มาใหม่", "username": "newcomer", "email": ""}
CAPTION_BODY = {"caption": "คำบรรยายใหม่", "alternative": "คำอธิบายใหม่"}
AGENCY_BODY = {"name": "สำนักงานใหม่", "short_name": "สม.", "code": "brand-new", "kind": "department"}
ADMINISTRATOR_BODY = {f"administrator-{name}": value for name, value in PERSON_BODY.items()}


def workbook() -> SimpleUploadedFile:
    """The sheet of members as it is handed out, with nobody in it."""
    return SimpleUploadedFile("members.xlsx", members_template())


def feedback_sheet() -> SimpleUploadedFile:
    """The sheet of feedback as it is handed out, with nothing in it."""
    return SimpleUploadedFile("feedback.xlsx", feedback_template(YEAR - 1))


def case_sheet() -> SimpleUploadedFile:
    """The sheet of cases as it is handed out, with nothing in it."""
    return SimpleUploadedFile("practices.xlsx", case_template())


def picture_html(h: Holdings) -> str:
    """A text that shows the agency's picture."""
    address = h.sheet_figure.figure.get_absolute_url()
    return f'<figure><img src="{address}" alt="ภาพ"><figcaption>ภาพ</figcaption></figure>'
