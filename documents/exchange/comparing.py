"""A matched document beside its round, piece by piece: gives the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from assessment.models import Activity, CategorySheet, ChosenPractice, CriterionAnalysis, Round
from assessment.owner_line import OwnerName, join_owners
from texts.cleaning import plain_text, text_to_html
from texts.models import Text

from . import Document
from .bases import Bases
from .matching import Target
from .plan import Plan, Unit, Write, merged
from .reading import HEADINGS, SETTINGS, TEXTS
from .showing import details_html, fields_html, figure_html, names_html, point_html
from .writing import Writing

LABELS = {"analysis": "บทวิเคราะห์", "obstacles": "ปัญหาและอุปสรรค", "remedies": "แนวทางแก้ไข"}
# A file without a sub-item says nothing about it.
POINT = ("step", "text", "strength", "gap", "level", "sub_item")
Row = dict[str, Any]


def make_plan(document: Document, target: Target) -> Plan:
    """Compare a matched document with its round. Writes nothing."""
    planner = _Planner(document, target)
    units = tuple(planner.units())
    return Plan(document, target, units, tuple(planner.notes))


class _Planner:
    def __init__(self, document: Document, target: Target) -> None:
        self.document = document
        self.target = target
        self.notes: list[str] = []
        self.activities = {row["uid"]: row for row in document["activities"]}
        self.owner_names = {row["uid"]: row["name"] for row in document["owners"]}
        self.owner_names |= {uid: owner.name for uid, owner in target.owners.items()}
        self.bases = Bases(document, target)
        # where each activity of the document stands first
        self.homes: dict[str, CriterionAnalysis] = {}

    def units(self) -> Iterator[Unit]:
        """In the order of writing: what others refer to comes first."""
        yield from self._settings()
        yield from self._owners()
        yield from self._cases()
        for row in self.document["sheets"]:
            sheet = self.target.sheets[row["category"]]
            yield from self._sheet(sheet, row)
            for criterion in row["criteria"]:
                yield from self._criterion(self.target.analyses[criterion["criterion"]], criterion)
        yield from self._feedback()
        yield from self._answers()

    def _text(self, name: str, category: int, place: str, stored: Text, row: Row) -> Iterator[Unit]:
        """A text that differs, unless it differs only by what was saved here since."""
        if stored.html == row["html"] or self.bases.untouched(stored, row):
            return
        newer_here = bool(stored.html) and stored.version > row["version"]
        write = partial(Writing.text, stored=stored, html=row["html"])
        yield Unit(f"text.{name}", category, place, stored.html, row["html"], write, conflict=newer_here)

    def _is_newer(self, version: int, row: Row) -> bool:
        """Somebody saved here after the document was written; of another round versions tell nothing."""
        return self.target.same and version > row["version"]

    # --- round and sheets ---

    def _settings(self) -> Iterator[Unit]:
        round, row = self.target.round, self.document["round"]
        stored = {name: getattr(round, name) for name in SETTINGS}
        stored["deadline"] = round.deadline.isoformat() if round.deadline else None
        wanted = {name: row[name] for name in SETTINGS}
        yield from self._values("round", 0, "การตั้งค่าแบบฟอร์ม", round, stored, wanted, row)

    def _values(
        self,
        name: str,
        category: int,
        place: str,
        owner: Round | CategorySheet,
        stored: Row,
        wanted: Row,
        row: Row,
    ) -> Iterator[Unit]:
        """Settings of the round or of a sheet; those of a round that was made for the document are nobody's."""
        if stored == wanted:
            return
        old = "" if self.target.created else fields_html(type(owner), stored)
        write = partial(Writing.settings, owner=owner, values=wanted)
        newer = self._is_newer(owner.version, row)
        yield Unit(name, category, place, old, fields_html(type(owner), wanted), write, conflict=newer)

    def _sheet(self, sheet: CategorySheet, row: Row) -> Iterator[Unit]:
        number, place = sheet.number, f"หมวด {sheet.number}"
        stored = {name: getattr(sheet, name) for name in HEADINGS}
        wanted = {name: row[name] for name in HEADINGS}
        yield from self._values(f"sheet.{number}", number, f"{place} หัวคอลัมน์", sheet, stored, wanted, row)
        for name in ("obstacles", "remedies"):
            about = f"{number}.{name}", number, f"{place} {LABELS[name]}"
            yield from self._text(*about, getattr(sheet, name), row[name])
        yield from self._sheet_figures(sheet, row["figures"])

    def _sheet_figures(self, sheet: CategorySheet, rows: Sequence[Row]) -> Iterator[Unit]:
        stored = {str(figure.uid): figure for figure in sheet.figures.all()}
        for index, row in enumerate(rows, start=1):
            place, name = f"หมวด {sheet.number} ภาพเต็มหน้าที่ {index}", f"figure.{row['uid']}"
            new = figure_html(row["figure"], row["caption"], row["alternative"])
            found = stored.get(row["uid"])
            old = figure_html(str(found.figure.uid), found.caption, found.alternative) if found else ""
            if old != new:
                yield Unit(
                    name, sheet.number, place, old, new, partial(Writing.sheet_figure, sheet=sheet, row=row)
                )
        names = {uid: figure.caption for uid, figure in stored.items()}
        names |= {row["uid"]: row["caption"] for row in rows}
        yield from self._order(
            f"figures.{sheet.number}",
            sheet.number,
            f"หมวด {sheet.number} ลำดับภาพเต็มหน้า",
            list(stored),
            [row["uid"] for row in rows],
            names,
            partial(partial, Writing.order_figures, sheet=sheet),
        )

    # --- criteria ---

    def _criterion(self, analysis: CriterionAnalysis, row: Row) -> Iterator[Unit]:
        number, place = analysis.sheet.number, f"ข้อ {analysis.code}"
        for name in TEXTS:
            about = f"{analysis.code}.{name}", number, f"{place} {LABELS[name]}"
            yield from self._text(*about, getattr(analysis, name), row[name])
        yield from self._chosen(analysis, row["practices"])
        for index, uid in enumerate(row["activities"], start=1):
            if uid not in self.homes:
                self.homes[uid] = analysis
                yield from self._activity(analysis, f"{place} กิจกรรมที่ {index}", self.activities[uid])
        yield from self._places(analysis, row["activities"])

    def _chosen(self, analysis: CriterionAnalysis, rows: Sequence[Row]) -> Iterator[Unit]:
        stored = {chosen.practice.key: chosen for chosen in analysis.chosen_practices.all()}
        uids: dict[str, str] = {}
        for row in rows:
            case = self.target.cases.get(row["practice"])
            found = stored.get(case.key) if case else None
            uids[str(found.uid) if found else row["uid"]] = row["agency_name"]
            yield from self._choice(analysis, found, row)
        names = {str(chosen.uid): chosen.agency_name for chosen in stored.values()} | uids
        yield from self._order(
            f"chosen-order.{analysis.code}",
            analysis.sheet.number,
            f"ข้อ {analysis.code} ลำดับตัวอย่าง",
            [str(chosen.uid) for chosen in stored.values()],
            list(uids),
            names,
            partial(partial, Writing.order_practices, analysis=analysis),
        )

    def _choice(self, analysis: CriterionAnalysis, found: ChosenPractice | None, row: Row) -> Iterator[Unit]:
        number, place = analysis.sheet.number, f"ข้อ {analysis.code} ตัวอย่าง {row['agency_name']}"
        line = names_html(row["agency_name"], row["award_line"])
        if found is None:
            write = partial(Writing.choice, analysis=analysis, row=row)
            yield Unit(f"chosen.{row['uid']}", number, place, "", line + row["text"]["html"], write)
            return
        old = names_html(found.agency_name, found.award_line)
        if old != line:
            write = partial(Writing.names, chosen=found, row=row)
            yield Unit(f"names.{row['uid']}", number, place, old, line, write)
        yield from self._text(f"chosen.{row['uid']}", number, place, found.text, row["text"])

    def _activity(self, home: CriterionAnalysis, place: str, row: Row) -> Iterator[Unit]:
        number, uid = home.sheet.number, row["uid"]
        found = self.target.activities.get(uid)
        if found is None:
            new = row["text"]["html"] + self._details(row)
            write = partial(Writing.activity, home=home, row=row)
            yield Unit(f"activity.{uid}", number, place, "", new or "<p>(ว่าง)</p>", write)
        elif found.withdrawn_at:
            self.notes.append(f"{place}: กิจกรรมนี้ถูกนำออกจากแบบฟอร์มแล้ว จึงข้ามไป")
        else:
            yield from self._text(f"activity.{uid}", number, place, found.text, row["text"])
            old, new = _details_of(found), self._details(row)
            if old != new:
                newer = bool(old) and self._is_newer(found.owners_version, row)
                write = partial(Writing.details, activity=found, row=row)
                label = f"{place} ผู้รับผิดชอบและวันที่"
                yield Unit(f"details.{uid}", number, label, old, new, write, conflict=newer)

    def _details(self, row: Row) -> str:
        lines = [
            OwnerName(self.owner_names[line["owner"]], line["joiner"], line["note"]) for line in row["owners"]
        ]
        return details_html(join_owners(lines), row["starts_on"], row["ends_on"])

    def _places(self, analysis: CriterionAnalysis, uids: Sequence[str]) -> Iterator[Unit]:
        """Which activities stand in the criterion, and in which order; those that only stand here stay."""
        stored = {
            str(place.activity.uid): str(place.activity.text) for place in analysis.activity_places.all()
        }
        wanted = [uid for uid in uids if not self._is_withdrawn(uid)]
        names = {uid: _beginning(self.activities[uid]) for uid in wanted} | stored
        # a new activity is put at the end of its first criterion when it is made
        made = [uid for uid in wanted if uid not in self.target.activities and self.homes[uid] is analysis]
        yield from self._order(
            f"places.{analysis.code}",
            analysis.sheet.number,
            f"ข้อ {analysis.code} รายการกิจกรรม",
            list(stored),
            wanted,
            names,
            partial(partial, Writing.order_activities, analysis=analysis),
            made=made,
        )

    def _is_withdrawn(self, uid: str) -> bool:
        found = self.target.activities.get(uid)
        return bool(found and found.withdrawn_at)

    def _order(
        self,
        name: str,
        category: int,
        place: str,
        stored: list[str],
        wanted: list[str],
        names: dict[str, str],
        write: Callable[..., Write],
        made: list[str] | None = None,
    ) -> Iterator[Unit]:
        """A piece for the order of a list, where it is not what putting the new rows at the end gives."""
        if made is None:
            made = [uid for uid in wanted if uid not in stored]
        result = merged(stored, wanted)
        if result != stored + made:
            old, new = ("\n".join(names[uid] for uid in uids) for uids in (stored, result))
            yield Unit(name, category, place, text_to_html(old), text_to_html(new), write(uids=result))

    # --- what the agency and the library hold ---

    def _owners(self) -> Iterator[Unit]:
        for row in self.document["owners"]:
            found = self.target.owners.get(row["uid"])
            if found is None:
                new = text_to_html(f"{row['name']} {row['abbreviation']}")
                write = partial(Writing.new_owner, row=row)
                yield Unit(f"owner.{row['uid']}", 0, f"ผู้รับผิดชอบใหม่ {row['name']}", "", new, write)
            elif found.name != row["name"]:
                self.notes.append(f"ผู้รับผิดชอบ “{row['name']}” ในไฟล์ ใช้ชื่อ “{found.name}” ตามที่มีในระบบ")

    def _cases(self) -> Iterator[Unit]:
        for row in self.document["practices"]:
            if row["key"] not in self.target.cases:
                new = text_to_html(row["title"]) + row["text"]["html"]
                write = partial(Writing.new_case, row=row)
                yield Unit(f"case.{row['key']}", 0, f"ตัวอย่างใหม่ในคลัง {row['title']}", "", new, write)

    def _feedback(self) -> Iterator[Unit]:
        year = self.document["round"]["feedback_year"]
        codes = {row["identity"]: row["code"] for row in self.document["edition"]["criteria"]}
        numbers = {identity: a.sheet.number for identity, a in self.target.analyses.items()}
        for row in self.document["feedback"]:
            code = codes.get(row["criterion"], row["criterion"])
            place = f"ข้อ {code} ข้อเสนอแนะปี {year} ขั้นตอนที่ {row['step']}"
            found = self.target.points.get(row["uid"])
            if found and found.withdrawn_at:
                self.notes.append(f"{place}: ข้อเสนอแนะนี้ถูกถอนแล้ว จึงข้ามไป")
                continue
            names = [name for name in POINT if name in row]
            new, old = point_html(code, **{name: row[name] for name in names}), ""
            if found:
                here = codes.get(found.criterion.identity, found.criterion.identity)
                old = point_html(here, **{name: getattr(found, name) for name in names})
            if old != new:
                newer = found is not None and self._is_newer(found.version, row)
                write = partial(Writing.point, found=found, row=row, year=year)
                about = f"point.{row['uid']}", numbers.get(row["criterion"], 0), place
                yield Unit(*about, old, new, write, conflict=newer)

    def _answers(self) -> Iterator[Unit]:
        """What activities answer beyond what they are linked to here; a link that only stands here stays."""
        words = {row["uid"]: row["text"] for row in self.document["feedback"]}
        for uid, home in self.homes.items():
            if self._is_withdrawn(uid):
                continue
            stored = self.target.answers.get(uid, set())
            points = [point for point in self.activities[uid]["answers"] if self._is_missing(point, stored)]
            if points:
                new = text_to_html("\n".join(words[point] for point in points))
                place = f"ข้อ {home.code} ข้อเสนอแนะที่กิจกรรมตอบ"
                write = partial(Writing.answers, uid=uid, points=points)
                yield Unit(f"answers.{uid}", home.sheet.number, place, "", new, write)

    def _is_missing(self, point: str, stored: set[int]) -> bool:
        found = self.target.points.get(point)
        return found is None or (found.withdrawn_at is None and found.pk not in stored)


def _details_of(activity: Activity) -> str:
    lines = [OwnerName(line.owner.name, line.joiner, line.note) for line in activity.owner_lines.all()]
    return details_html(join_owners(lines), activity.starts_on, activity.ends_on)


def _beginning(row: Row) -> str:
    return str(Text(plain=plain_text(row["text"]["html"])))
