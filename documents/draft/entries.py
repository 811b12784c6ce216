"""The draft and the form as it stands now, beside each other: what a person decides, entry by entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape

from assessment.models import Activity
from assessment.services.activities import OwnerLine
from documents.enums import IncomingState
from documents.models import Incoming
from documents.word.identity import Kind, line_digest
from texts.models import Revision, Text
from thai.dates import relative_day
from thai.differences import render_differences

from .owner_names import OwnerNames, ReadLine
from .standing import Standing

FILE, KEEP, BOTH, REMOVE = "file", "keep", "both", "remove"
CHOICES = {
    "text": ((FILE, "ใช้ข้อความจากไฟล์"), (KEEP, "ไม่เปลี่ยน ใช้ข้อความในระบบ")),
    "conflict": (
        (FILE, "ใช้ข้อความจากไฟล์"),
        (KEEP, "ใช้ข้อความในระบบ"),
        (BOTH, "เก็บไว้ทั้งสอง แล้วไปรวมเองในหน้าของข้อนั้น"),
    ),
    "line": ((FILE, "ใช้ผู้รับผิดชอบจากไฟล์"), (KEEP, "ไม่เปลี่ยน")),
    "new": ((FILE, "เพิ่มกิจกรรมนี้"), (KEEP, "ไม่เพิ่ม")),
    "missing": ((KEEP, "คงไว้ในระบบ"), (REMOVE, "นำออกจากแบบฟอร์ม")),
}


@dataclass
class Entry:
    """One decision. `name` is the field of the form; `seen` the versions that the person decides on.

    `shown` is the difference by words, `online` what was changed in the form meanwhile (for conflicts only).
    """

    name: str
    sort: str
    place: str
    kind: Kind
    key: str
    seen: str = ""
    html: str = ""
    shown: str = ""
    online: str = ""
    online_by: str = ""
    is_conflict: bool = False
    line: str = ""
    old_line: str = ""
    unknown: tuple[str, ...] = ()
    choice: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    targets: list[str] = field(default_factory=list)

    @property
    def wants_line(self) -> bool:
        """Its line of owners can be put right here."""
        return self.sort == "line" or (self.sort == "new" and bool(self.line))


def entries_of(incoming: Incoming, answers: Mapping[str, str]) -> list[Entry]:
    """What is still different now, with the answers that were given: conflicts first, then unknown owners."""
    settled = _settled_before(incoming)
    entries = [e for e in _Entries(incoming, answers).all() if settled.get(e.name) != e.seen]
    return sorted(entries, key=lambda entry: (not entry.is_conflict, not entry.unknown))


def _settled_before(incoming: Incoming) -> dict[str, str]:
    """What was decided about this very file before: the versions that were left as they are."""
    same = Incoming.objects.filter(
        round=incoming.round_id, sha256=incoming.sha256, state=IncomingState.APPLIED
    ).exclude(pk=incoming.pk)
    earlier = same.order_by("-decided_at", "-pk").first()
    settled: dict[str, str] = earlier.understood.get("settled", {}) if earlier else {}
    return settled


class _Entries:
    """Makes the entries of one file."""

    def __init__(self, incoming: Incoming, answers: Mapping[str, str]) -> None:
        self.understood = incoming.understood
        self.standing = Standing(incoming.round)
        self.names = OwnerNames(incoming.round.agency)
        self.answers = answers

    def all(self) -> Iterator[Entry]:
        """Every entry, by sort."""
        for found in self.understood["texts"]:
            if entry := self._text(Kind(found["kind"]), found["key"], found["base"], found["html"]):
                yield self._answered(entry)
        for found in self.understood["lines"]:
            if entry := self._line(found["uid"], found["digest"], found["line"]):
                yield self._answered(entry)
        for found in self.understood["new"]:
            if entry := self._new(found["uid"], found["code"], found["html"], found["line"]):
                yield self._answered(entry)
        for found in self.understood["missing"]:
            if entry := self._gone(Kind(found["kind"]), found["key"]):
                yield self._answered(entry)

    def _answered(self, entry: Entry) -> Entry:
        allowed = CHOICES["conflict" if entry.is_conflict and entry.sort == "text" else entry.sort]
        usual = "" if entry.is_conflict else allowed[0][0]
        answer = self.answers.get(entry.name, "")
        entry.choices = allowed
        entry.choice = answer if answer in dict(allowed) else usual
        return entry

    def _text(self, kind: Kind, key: str, base: int | None, html: str) -> Entry | None:
        text = self.standing.text(kind, key)
        if text is None or text.html == html:
            return None
        name = f"text-{kind.value}-{key}"
        entry = Entry(name, "text", self.standing.label(kind, key), kind, key, str(text.version), html)
        entry.is_conflict = base != text.version and not (base is None and text.is_blank)
        then = _html_of(text, base) if entry.is_conflict else None
        if then is None:
            entry.shown = render_differences(text.html, html)
        else:
            entry.shown = render_differences(then, html)
            entry.online = render_differences(then, text.html)
        entry.online_by = _saved_by(text)
        return entry

    def _line(self, key: str, digest: str, line: str) -> Entry | None:
        activity = self.standing.activities.get(key)
        if activity is None:
            return None
        current = self.standing.owner_line(key)
        # by names, because an abbreviation is the same owner
        named = self.read_line(line, [activity])
        present = [OwnerLine(row.owner, row.joiner, row.note) for row in activity.owner_lines.all()]
        if line_digest(current) == line_digest(line) or (not named.unknown and list(named.owners) == present):
            return None
        entry = Entry(
            f"line-{key}", "line", f"ข้อ {self.standing.code_of_activity(key)} ผู้รับผิดชอบ", Kind.OWNERS, key
        )
        entry.targets = self.standing.same_line(key)
        activities = [self.standing.activities[uid] for uid in entry.targets]
        entry.seen = ".".join(str(activity.owners_version) for activity in activities)
        entry.is_conflict = line_digest(current) != digest if digest else bool(current)
        self._put_line(entry, line, activities)
        entry.old_line = current
        entry.shown = render_differences(_paragraph(current), _paragraph(line))
        return entry

    def _put_line(self, entry: Entry, line: str, activities: list[Activity]) -> None:
        entry.line = self.answers.get(f"owners-{entry.name}", line)
        entry.unknown = self.read_line(entry.line, activities).unknown

    def read_line(self, line: str, activities: list[Activity]) -> ReadLine:
        """The owners of a line; who stands there already may stay."""
        present = [row.owner_id for activity in activities for row in activity.owner_lines.all()]
        return self.names.read(line, present)

    def _new(self, uid: str, code: str, html: str, line: str) -> Entry | None:
        place = self.standing.places.get(code)
        if place is None or Activity.objects.filter(uid=uid).exists():
            return None
        if any(block.html == html for block in place.row.activities):
            return None
        entry = Entry(f"new-{uid}", "new", f"ข้อ {code} กิจกรรมใหม่", Kind.ACTIVITY, uid, "0", html)
        entry.shown = render_differences("", html)
        if line:
            self._put_line(entry, line, [])
        entry.targets = [place.criterion.uid]
        return entry

    def _gone(self, kind: Kind, key: str) -> Entry | None:
        text = self.standing.text(kind, key)
        if text is None or text.is_blank or kind == Kind.PRACTICE:
            return None
        entry = Entry(f"missing-{kind.value}-{key}", "missing", self.standing.label(kind, key), kind, key)
        entry.seen = str(text.version)
        entry.shown = render_differences(text.html, "")
        return entry


def both(text: Text, html: str) -> str:
    """The text of the form with the one of the file behind it, for a person to merge."""
    return f"{text.html}<p><strong>[ข้อความจากไฟล์ Word]</strong></p>{html}"


def _html_of(text: Text, version: int | None) -> str | None:
    if version is None:
        return None
    if version == 0:
        return ""
    revision = Revision.objects.filter(text=text, version=version).first()
    return revision.html if revision else None


def _saved_by(text: Text) -> str:
    if text.updated_at is None:
        return ""
    by = f" โดย {text.updated_by}" if text.updated_by else ""
    return f"บันทึกล่าสุด {relative_day(text.updated_at)}{by}"


def _paragraph(line: str) -> str:
    return f"<p>{escape(line)}</p>" if line else ""
