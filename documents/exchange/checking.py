"""Whether a document agrees with itself: what the schema cannot say. Nothing is read from the database here."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from practices.tags import tags_fault
from texts.cleaning import LOST_IMAGE, UncleanText, clean_html, figure_uids

from . import Document
from .faults import Faults
from .reading import text_pieces, used_figures


def check(document: Document) -> list[str]:
    """Clean every text in place; gives the places where cleaning took something away.

    Raises ExchangeRefused with every fault: uids that stand twice, references that lead nowhere, activities
    that stand nowhere, dates that are none, marks that are no passage of their feedback.
    """
    faults = Faults()
    _check_uids(document, faults)
    _check_criteria(document, faults)
    _check_references(document, faults)
    _check_dates(document, faults)
    _check_marks(document, faults)
    changed = _clean_texts(document, faults)
    _check_figures(document, faults)
    faults.raise_if_any()
    return changed


Rows = list[tuple[str, dict[str, Any]]]


def rows_of(document: Document, name: str) -> Rows:
    """The rows of one kind with their places."""
    sheets = [(f"sheets[{index}]", sheet) for index, sheet in enumerate(document["sheets"])]
    if name == "sheets":
        return sheets
    if name in ("sheet figures", "criteria"):
        return _inner(sheets, "figures" if name == "sheet figures" else "criteria")
    if name == "chosen":
        return _inner(_inner(sheets, "criteria"), "practices")
    return [(f"{name}[{index}]", row) for index, row in enumerate(document[name])]


def _inner(rows: Rows, name: str) -> Rows:
    return [
        (f"{place}.{name}[{index}]", inner) for place, row in rows for index, inner in enumerate(row[name])
    ]


def _check_uids(document: Document, faults: Faults) -> None:
    kinds = ("owners", "figures", "activities", "feedback", "sheet figures", "criteria", "chosen")
    for kind in kinds:
        _once(((f"{place}.uid", row["uid"]) for place, row in rows_of(document, kind)), faults)
    for kind, name in (
        ("agencies", "code"),
        ("practices", "key"),
        ("sheets", "category"),
        ("owners", "name"),
    ):
        _once(((f"{place}.{name}", row[name]) for place, row in rows_of(document, kind)), faults)
    _once(((f"{place}.criterion", row["criterion"]) for place, row in rows_of(document, "criteria")), faults)
    for place, row in rows_of(document, "criteria"):
        _once(((f"{place}.activities[{n}]", uid) for n, uid in enumerate(row["activities"])), faults)
        _once(
            ((f"{place}.practices[{n}].practice", c["practice"]) for n, c in enumerate(row["practices"])),
            faults,
        )
    for place, row in rows_of(document, "activities"):
        _once(((f"{place}.answers[{n}]", uid) for n, uid in enumerate(row["answers"])), faults)
    codes = ((f"edition.criteria[{n}]", row["code"]) for n, row in enumerate(document["edition"]["criteria"]))
    _once(codes, faults)


def _once(values: Iterable[tuple[str, Any]], faults: Faults) -> None:
    seen: dict[Any, str] = {}
    for place, value in values:
        if value in seen:
            faults.add(place, f"“{value}” มีแล้วที่ {seen[value]}")
        seen.setdefault(value, place)


def _check_criteria(document: Document, faults: Faults) -> None:
    known = {row["identity"] for row in document["edition"]["criteria"]}
    for place, row in rows_of(document, "criteria"):
        if row["criterion"] not in known:
            faults.add(f"{place}.criterion", f"ไม่มีเกณฑ์ “{row['criterion']}” ใน edition.criteria")


def _check_references(document: Document, faults: Faults) -> None:
    activities = {row["uid"] for row in document["activities"]}
    owners = {row["uid"] for row in document["owners"]}
    cases = {row["key"] for row in document["practices"]}
    agencies = {row["code"] for row in document["agencies"]}
    points = {row["uid"] for row in document["feedback"]}
    placed: set[str] = set()
    for place, row in rows_of(document, "criteria"):
        placed.update(row["activities"])
        _known(((f"{place}.activities[{n}]", u) for n, u in enumerate(row["activities"])), activities, faults)
    for place, row in rows_of(document, "chosen"):
        _known([(f"{place}.practice", row["practice"])], cases, faults)
    for place, row in rows_of(document, "practices"):
        _known([(f"{place}.agency", row["agency"])], agencies, faults)
        if fault := tags_fault(row["tags"]):
            faults.add(f"{place}.tags", fault)
    for place, row in rows_of(document, "activities"):
        lines = ((f"{place}.owners[{n}].owner", line["owner"]) for n, line in enumerate(row["owners"]))
        _known(lines, owners, faults)
        _known(((f"{place}.answers[{n}]", uid) for n, uid in enumerate(row["answers"])), points, faults)
        if row["uid"] not in placed:
            faults.add(place, "กิจกรรมนี้ไม่อยู่ในเกณฑ์ข้อใด")


def _known(values: Iterable[tuple[str, Any]], known: set[str], faults: Faults) -> None:
    for place, value in values:
        if value not in known:
            faults.add(place, f"อ้างถึง “{value}” ซึ่งไม่มีในไฟล์")


def _check_dates(document: Document, faults: Faults) -> None:
    _date(document["round"]["deadline"], "round.deadline", faults)
    for place, row in rows_of(document, "activities"):
        starts = _date(row["starts_on"], f"{place}.starts_on", faults)
        ends = _date(row["ends_on"], f"{place}.ends_on", faults)
        if starts and ends and ends < starts:
            faults.add(f"{place}.ends_on", "วันสิ้นสุดมาก่อนวันเริ่ม")


def _date(typed: str | None, place: str, faults: Faults) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(typed) if typed else None
    except ValueError:
        faults.add(place, f"ไม่มีวันที่ {typed}")
        return None


def _check_marks(document: Document, faults: Faults) -> None:
    for place, row in rows_of(document, "feedback"):
        for name in ("strength", "gap"):
            if row[name] not in row["text"]:
                faults.add(f"{place}.{name}", "ไม่ใช่ส่วนหนึ่งของข้อความข้อเสนอแนะ")


def _clean_texts(document: Document, faults: Faults) -> list[str]:
    """What comes in from outside passes the same allow-list as what is typed."""
    changed = []
    for place, text in text_pieces(document):
        try:
            cleaned = clean_html(text["html"])
        except UncleanText as error:
            faults.add(f"{place}.html", str(error))
            continue
        if LOST_IMAGE in cleaned and LOST_IMAGE not in text["html"]:
            faults.add(f"{place}.html", "มีภาพที่วางไม่ได้ ภาพต้องมีที่อยู่ /figures/uid/ และอยู่ใน figures")
        if cleaned != text["html"]:
            changed.append(f"{place}.html")
        text["html"] = cleaned
    return changed


def _check_figures(document: Document, faults: Faults) -> None:
    stored = {row["uid"] for row in document["figures"]}
    for place, text in text_pieces(document):
        _known(((f"{place}.html", uid) for uid in figure_uids(text["html"])), stored, faults)
    for place, row in rows_of(document, "sheet figures"):
        _known([(f"{place}.figure", row["figure"])], stored, faults)
    unused = stored - set(used_figures(document))
    for place, row in rows_of(document, "figures"):
        if row["uid"] in unused:
            faults.add(place, "ภาพนี้ไม่มีที่ใดใช้")
