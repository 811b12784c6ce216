"""What changed between two forms of one round: piece by piece, with the words that came and went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString

from thai.differences import render_differences

from .form import CategoryBlock, Form, Row


@dataclass(frozen=True)
class Piece:
    """One text of the form, wherever it stands: `key` stays the same when it moves."""

    key: tuple[str, str]
    place: str
    label: str
    html: str


@dataclass(frozen=True)
class Change:
    """One piece that came, went or was rewritten; `html` has the words marked with <ins> and <del>."""

    place: str
    label: str
    kind: str
    html: SafeString

    @property
    def category(self) -> int:
        """The number of the category in which it stands."""
        return _number(self.place)


ADDED, REMOVED, REWRITTEN = "เพิ่ม", "นำออก", "แก้ไข"


def compare(old: Form, new: Form) -> list[Change]:
    """Every piece that differs, in the order of the new form; what went stands where its place was."""
    before, after = ({piece.key: piece for piece in _pieces(form) if piece.html} for form in (old, new))
    changes = [_change(before.get(key), piece) for key, piece in after.items()]
    gone = [_change(piece, None) for key, piece in before.items() if key not in after]
    found = [change for change in (*changes, *gone) if change is not None]
    return sorted(found, key=lambda change: _order(change.place))


def _change(old: Piece | None, new: Piece | None) -> Change | None:
    before, after = (piece.html if piece else "" for piece in (old, new))
    present = new or old
    if before == after or present is None:
        return None
    kind = REWRITTEN if old and new else ADDED if new else REMOVED
    return Change(present.place, present.label, kind, render_differences(before, after))


def _order(place: str) -> tuple[int, str]:
    """Category texts stand after the criteria of their category."""
    return _number(place), ("1" if place.startswith("ข้อ") else "2") + place


def _number(place: str) -> int:
    return next((int(letter) for letter in place if letter.isdigit()), 0)


def _pieces(form: Form) -> Iterator[Piece]:
    for category in form.categories:
        for row in category.rows:
            yield from _pieces_of(row)
        yield from _after_table(category)


def _pieces_of(row: Row) -> Iterator[Piece]:
    for criterion in row.criteria:
        place = f"ข้อ {criterion.code}"
        for point in criterion.points:
            yield Piece(("feedback", point.uid), place, "ข้อเสนอแนะ", f"<p>{escape(point.text)}</p>")
        for practice in criterion.practices:
            head = f"<p>{escape(practice.agency_name)} {escape(practice.award_line)}</p>"
            yield Piece(("practice", practice.uid), place, "ตัวอย่างที่เป็นเลิศ", head + practice.html)
    place = f"ข้อ {row.criteria[0].code}"
    for name, label in (
        ("analysis", "บทวิเคราะห์"),
        ("obstacles", "ปัญหาและอุปสรรค"),
        ("remedies", "แนวทางแก้ไข"),
    ):
        yield Piece((name, place), place, label, getattr(row, name))
    for activity in row.activities:
        owners = "".join(
            f" {owner.joiner} {owner.name}{f' ({owner.note})' if owner.note else ''}"
            for owner in activity.owners
        )
        foot = f"<p>ผู้รับผิดชอบ {escape(' '.join(owners.split()))}</p>" if owners else ""
        yield Piece(("activity", activity.uid), place, "กิจกรรม", activity.html + foot)


def _after_table(category: CategoryBlock) -> Iterator[Piece]:
    place = f"หมวด {category.number}"
    yield Piece(("obstacles", place), place, "ปัญหาและอุปสรรค", category.obstacles)
    yield Piece(("remedies", place), place, "แนวทางแก้ไข", category.remedies)
    for figure in category.figures:
        yield Piece(("figure", figure.uid), place, "ภาพ", f"<p>{escape(figure.caption)}</p>")
