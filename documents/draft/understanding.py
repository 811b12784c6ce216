"""What changed in a draft since it went out, as plain data; the form is only read."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.dateparse import parse_datetime

from assessment.models import Round
from documents.form import ActivityBlock
from documents.word.back import Markup
from documents.word.form import criterion_lines, criterion_name
from documents.word.identity import Kind, Mark, line_digest
from documents.word.reader import ReadBlock, ReadDocument, ReadParagraph, ReadTable
from texts.cleaning import plain_text
from texts.models import Revision, Text
from thai.text import normalise, to_arabic_digits
from thai.words import tokens

from .digits import with_digits_of
from .segments import (
    Segment,
    activity_segments,
    body_segments,
    letters,
    owner_segments,
    practice_segments,
    split_owner_line,
)
from .standing import Place, Standing

CODE = re.compile(r"(?<![\d.])\d{1,2}\.\d{1,2}(?![\d.])")
# A save that was under way while the form was read may bear a slightly earlier time.
UNSURE = datetime.timedelta(minutes=5)
LIKE = 0.4
NOT_IN_TEXT = frozenset({"PMQA Whole Figure", "PMQA Whole Caption", "Title", "PMQA Gap"})


@dataclass
class Understood:
    """Everything that a person has to decide or to know; written to `Incoming.understood` as it is.

    `texts` have kind, key, base (the version exported, None where it is not known) and html; `lines` uid, digest and
    line; `new` uid, code, html and line; `missing` kind and key; `refused` place, old and new.
    """

    read_at: str = ""
    texts: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, str]] = field(default_factory=list)
    new: list[dict[str, str]] = field(default_factory=list)
    missing: list[dict[str, str]] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def understand(document: ReadDocument, round: Round) -> dict[str, Any]:
    """Compare a document with what was exported and give the differences. Raises UncleanText."""
    return asdict(_Comparison(document, round).result())


class _Comparison:
    """Goes through the document once."""

    def __init__(self, document: ReadDocument, round: Round) -> None:
        self.document = document
        self.standing = Standing(round)
        self.thai_digits = document.properties.get("pmqa-digits") == "thai"
        self.markup = Markup(self.standing.figures, thai_digits=self.thai_digits)
        self.read_at = _moment(document.properties.get("pmqa-read-at", ""))
        self.found = Understood(read_at=self.read_at.isoformat() if self.read_at else "")
        self.seen: set[tuple[Kind, str]] = set()
        self.codes: list[str] = []
        self.unmarked: dict[str, list[tuple[Segment, str]]] = {}
        # criteria in whose cells no activity has its identity any more
        self.without_marks: set[str] = set()

    def result(self) -> Understood:
        """Everything that differs."""
        number = ""
        after: list[ReadBlock] = []
        for block in self.document.blocks:
            codes = _codes(block, self.standing) if isinstance(block, ReadTable) else []
            if isinstance(block, ReadTable) and codes:
                self._body(number, after)
                number, after = str(self.standing.places[codes[0]].category.number), []
                self._table(block)
            elif not (isinstance(block, ReadParagraph) and block.style in NOT_IN_TEXT):
                after.append(block)
        self._body(number, after)
        self._place_unmarked()
        self._missing()
        self._notes()
        return self.found

    # --- the table -----------------------------------------------------------------------------------

    def _table(self, table: ReadTable) -> None:
        code = ""
        for row in table.rows:
            columns, position = {}, 0
            for cell in row:
                columns[position] = cell
                position += cell.columns
            own = _code_in(row[0].blocks, self.standing) if row else ""
            code = own or code
            place = self.standing.places.get(code)
            if place is None:
                continue
            if own and own not in self.codes:
                self.codes.append(own)
                self._first_column(place, row[0].blocks)
            for column, cell in columns.items():
                if column and not cell.continues:
                    self._cell(place, column, cell.blocks)

    def _cell(self, place: Place, column: int, blocks: list[ReadBlock]) -> None:
        if column == 1:
            self._practices(place, blocks)
        elif column == 2:
            self._activities(place, blocks)
        elif place.category.has_owner_column:
            self._owner_column(place, blocks)

    def _first_column(self, place: Place, blocks: list[ReadBlock]) -> None:
        """OPDC's feedback is the record: whoever changed it is told that the change is not taken."""
        lines = [
            f"{label} {text}".strip() for label, text in criterion_lines(place.category, place.criterion)
        ]
        old = "\n".join([criterion_name(place.category, place.criterion), *lines])
        new = "\n".join(block.text for block in blocks if isinstance(block, ReadParagraph))
        self._refuse(f"ข้อ {place.criterion.code} ช่องเกณฑ์และข้อเสนอแนะของ ก.พ.ร.", old, new)

    def _refuse(self, place: str, old: str, new: str) -> None:
        if letters(old) != letters(new):
            self.found.refused.append({"place": place, "old": normalise(old), "new": normalise(new)})

    def _practices(self, place: Place, blocks: list[ReadBlock]) -> None:
        code = place.criterion.code
        by_uid = {practice.uid: practice for practice in place.criterion.practices}
        heads = {p.agency_name: Mark(Kind.PRACTICE_HEAD, p.uid, "x") for p in place.criterion.practices}
        for segment in practice_segments(blocks, heads):
            if segment.mark is None:
                self._note_text(f"ข้อ {code} ช่องตัวอย่างที่เป็นเลิศ", segment.blocks)
            elif segment.kind == Kind.PRACTICE_HEAD:
                practice = by_uid.get(segment.mark.key)
                if practice and isinstance(segment.blocks[0], ReadParagraph):
                    old = f"{practice.agency_name} {practice.award_line}"
                    self._refuse(f"ข้อ {code} ชื่อหน่วยงานและรางวัลของตัวอย่าง", old, segment.blocks[0].text)
            else:
                self._text(Kind.PRACTICE, segment.mark.key, segment.mark.version, segment.blocks)

    def _activities(self, place: Place, blocks: list[ReadBlock]) -> None:
        firsts = {
            letters(plain_text(block.html).split("\n")[0]): Mark(Kind.ACTIVITY, block.uid, "x")
            for block in place.row.activities
        }
        named = {mark.key for block in blocks for mark in block.marks if mark.kind == Kind.ACTIVITY}
        segments = activity_segments(blocks, {k: m for k, m in firsts.items() if m.key not in named})
        if not named:
            self.without_marks.add(place.row.criteria[0].code)
        for index, segment in enumerate(segments):
            following = segments[index + 1] if index + 1 < len(segments) else None
            if segment.kind == Kind.ACTIVITY:
                self._activity(place, segment, following)
            elif segment.kind == Kind.OWNERS:
                if segment.mark:
                    self._line(segment.mark.key, segment.mark.state, segment.line)
            elif segment.mark:
                self._text(segment.kind, segment.mark.key, segment.mark.version, segment.blocks)
            else:
                self._text(segment.kind, place.row.criteria[0].uid, None, segment.blocks)

    def _activity(self, place: Place, segment: Segment, following: Segment | None) -> None:
        line = following if following and following.kind == Kind.OWNERS else None
        if line is None and not self._ended_so(segment):
            line = split_owner_line(segment)
        if segment.mark is None:
            words = line.line if line and line.mark is None else ""
            self.unmarked.setdefault(place.row.criteria[0].code, []).append((segment, words))
            return
        self._text(Kind.ACTIVITY, segment.mark.key, segment.mark.version, segment.blocks)
        if line and line.mark is None:
            self._line(segment.mark.key, "", line.line)

    def _ended_so(self, segment: Segment) -> bool:
        """The text itself ended with such a line when it went out."""
        text = self.standing.text(Kind.ACTIVITY, segment.mark.key) if segment.mark else None
        base = self._base(text, segment.mark.version) if text and segment.mark else None
        last = plain_text(base or "").split("\n")[-1]
        return last.startswith("ผู้รับผิดชอบ")

    def _owner_column(self, place: Place, blocks: list[ReadBlock]) -> None:
        segments = owner_segments(blocks)
        if not any(segment.mark for segment in segments):
            uids = [block.uid for block in place.row.activities if block.owner_line]
            uids = uids or [block.uid for block in place.row.activities[-1:]]
            if len(uids) != len(segments):
                self._note_text(f"ข้อ {place.criterion.code} ช่องผู้รับผิดชอบ", blocks)
                return
            for uid, segment in zip(uids, segments, strict=True):
                self._line(uid, "", segment.line)
            return
        for segment in segments:
            if segment.mark:
                self._line(segment.mark.key, segment.mark.state, segment.line)
            else:
                self.found.notes.append(
                    f"ข้อ {place.criterion.code} ช่องผู้รับผิดชอบ: ไม่ทราบว่าเป็นของกิจกรรมใด “{segment.line}”"
                )

    # --- after the table -----------------------------------------------------------------------------

    def _body(self, number: str, blocks: list[ReadBlock]) -> None:
        for segment in body_segments(blocks):
            if segment.mark:
                self._text(segment.kind, segment.mark.key, segment.mark.version, segment.blocks)
            elif number and segment.kind in (Kind.SHEET_OBSTACLES, Kind.SHEET_REMEDIES):
                self._text(segment.kind, number, None, segment.blocks)
            else:
                self._note_text("นอกตาราง", segment.blocks)

    # --- comparing -----------------------------------------------------------------------------------

    def _text(self, kind: Kind, key: str, version: int | None, blocks: list[ReadBlock]) -> None:
        """A text that differs from what went out; without its version, from what stood when it went out."""
        text = self.standing.text(kind, key)
        if text is None:
            self._note_text("ข้อความที่นำออกจากแบบฟอร์มแล้ว", blocks)
            return
        if (kind, key) in self.seen:
            self._note_text(f"{self.standing.label(kind, key)} (ซ้ำ)", blocks)
            return
        self.seen.add((kind, key))
        if version is None:
            version = self._version_then(text)
        base = self._base(text, version)
        html = self.markup.html(blocks)
        if self.thai_digits:
            html = with_digits_of(text.html if base is None else base, html)
        if html != (text.html if base is None else base):
            base_version = None if base is None else version
            self.found.texts.append({"kind": kind.value, "key": key, "base": base_version, "html": html})

    def _version_then(self, text: Text) -> int | None:
        """The version that went out, where that is certain."""
        unchanged = text.updated_at is None or (self.read_at and text.updated_at < self.read_at - UNSURE)
        return text.version if unchanged else None

    def _base(self, text: Text, version: int | None) -> str | None:
        """What the text was in that version."""
        if version is None or version > text.version:
            return None
        if version == text.version:
            return text.html
        if version == 0:
            return ""
        revision = Revision.objects.filter(text=text, version=version).first()
        return revision.html if revision else None

    def _line(self, key: str, digest: str, line: str) -> None:
        activity = self.standing.activities.get(key)
        if activity is None:
            self.found.notes.append(f"ผู้รับผิดชอบของกิจกรรมที่นำออกแล้ว: “{line}”")
        elif line_digest(line) != digest and (
            digest or line_digest(line) != line_digest(self.standing.owner_line(key))
        ):
            self.found.lines.append({"uid": key, "digest": digest, "line": line})

    # --- what has no identity ------------------------------------------------------------------------

    def _place_unmarked(self) -> None:
        """Texts without identity: an activity that is missing in the document, or else a new one."""
        for code, segments in self.unmarked.items():
            blocks = self.standing.places[code].row.activities
            missing = [block for block in blocks if (Kind.ACTIVITY, block.uid) not in self.seen]
            by_order = code in self.without_marks and len(missing) == len(segments)
            for segment, line in segments:
                html = self.markup.html(segment.blocks)
                same = missing[0] if by_order else _most_alike(missing, html)
                if same:
                    missing.remove(same)
                    self._text(Kind.ACTIVITY, same.uid, None, segment.blocks)
                    if line:
                        self._line(same.uid, "", line)
                elif html:
                    self._new(code, html, line)

    def _new(self, code: str, html: str, line: str) -> None:
        # the same words give the same uid, so that the same file adds nothing the second time
        uid = uuid.uuid5(self.standing.round.uid, f"{code}\n{html}")
        self.found.new.append({"uid": str(uid), "code": code, "html": html, "line": line})

    def _missing(self) -> None:
        """What went out and is not in the document any more."""
        for kind, key in self._exported():
            text = self.standing.text(kind, key)
            if text is not None and (kind, key) not in self.seen and self._went_out(text):
                self.found.missing.append({"kind": kind.value, "key": key})

    def _exported(self) -> Iterator[tuple[Kind, str]]:
        for code in self.codes:
            place = self.standing.places[code]
            yield from ((Kind.PRACTICE, practice.uid) for practice in place.criterion.practices)
            if place.criterion is place.row.criteria[0]:
                yield from ((Kind.ACTIVITY, block.uid) for block in place.row.activities)
                yield from (
                    (kind, place.criterion.uid) for kind in (Kind.ANALYSIS, Kind.OBSTACLES, Kind.REMEDIES)
                )
        for number in sorted({str(self.standing.places[code].category.number) for code in self.codes}):
            yield from ((Kind.SHEET_OBSTACLES, number), (Kind.SHEET_REMEDIES, number))

    def _went_out(self, text: Text) -> bool:
        if text.is_blank or self.read_at is None:
            return False
        then = Revision.objects.filter(text=text, at__lte=self.read_at).order_by("-version").first()
        return then is not None and bool(then.html)

    # --- notes ---------------------------------------------------------------------------------------

    def _note_text(self, place: str, blocks: Sequence[ReadBlock]) -> None:
        words = plain_text(self.markup.html(blocks)).replace("\n", " ")
        if words:
            self.found.notes.append(f"{place}: ไม่ได้นำเข้าข้อความ “{words}”")

    def _notes(self) -> None:
        if self.document.tracked_changes:
            self.found.notes.append("ไฟล์มีการแก้ไขที่ยังไม่ได้ยอมรับ (Track Changes) ระบบอ่านเหมือนยอมรับทั้งหมดแล้ว")
        if self.document.comments:
            self.found.notes.append(f"ความคิดเห็น (Comment) {self.document.comments} รายการในไฟล์ไม่ได้นำเข้า")
        if self.document.text_boxes:
            self.found.notes.append("กล่องข้อความ (Text Box) ในไฟล์ไม่ได้นำเข้า")
        if self.markup.lost_pictures:
            self.found.notes.append("ภาพใหม่ในไฟล์ไม่ได้นำเข้า กรุณาแทรกภาพในหน้าของข้อนั้น")


def _moment(text: str) -> datetime.datetime | None:
    """A moment with its zone; a file may hold anything."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def _code_in(blocks: Sequence[ReadBlock], standing: Standing) -> str:
    """The code of a criterion in the first line of a cell."""
    first = next((block for block in blocks if isinstance(block, ReadParagraph) and block.text), None)
    match = CODE.search(to_arabic_digits(first.text)) if first else None
    return match[0] if match and match[0] in standing.places else ""


def _codes(table: ReadTable, standing: Standing) -> list[str]:
    found = (_code_in(row[0].blocks, standing) for row in table.rows if len(row) > 2)
    return [code for code in found if code]


def _most_alike(blocks: Sequence[ActivityBlock], html: str) -> ActivityBlock | None:
    """The activity that has enough words in common with the text."""
    likes = [(_likeness(block.html, html), block) for block in blocks]
    best = max(likes, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] >= LIKE else None


def _likeness(left: str, right: str) -> float:
    """How many of the words of both are the same, from 0 to 1."""
    one, other = set(tokens(plain_text(left))), set(tokens(plain_text(right)))
    return len(one & other) / len(one | other) if one | other else 0.0
