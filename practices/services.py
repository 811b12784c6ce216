"""Changes of cases: facts and text together, each in one transaction with its event."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, fields

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from organizations.models import Agency, AuditEvent, User
from texts.cleaning import clean_html, plain_text
from texts.models import Text
from texts.services import new_text, save_text

from .models import Practice, PracticeQuerySet, PracticeStatus, Tag
from .tags import folded, same_tags

# What a change of state may start from; a withdrawn case does not change any more.
ALLOWED_FROM = {
    "publish": {PracticeStatus.DRAFT},
    "unpublish": {PracticeStatus.PUBLISHED},
    "withdraw": {PracticeStatus.DRAFT, PracticeStatus.PUBLISHED},
}

NO_TEXT_YET = "ตัวอย่างนี้ยังไม่มีเนื้อหา กรุณาเขียนเนื้อหาก่อนเผยแพร่"
NO_TEXT_LEFT = "ตัวอย่างนี้เผยแพร่อยู่ จึงต้องมีเนื้อหา กรุณาเขียนเนื้อหา หรือเปลี่ยนเป็นฉบับร่างก่อน"


class ChangeRefused(Exception):
    """The state of the case does not allow this; the message is for the person."""


@dataclass(frozen=True)
class Facts:
    """What a case says beside its text; `award_year` is a Buddhist-era year, `criteria` are primary keys.

    `tags` are names; two spellings of one tag are no change.
    """

    agency: Agency
    title: str
    award: str
    award_year: int | None
    summary: str
    source: str
    criteria: frozenset[int]
    tags: frozenset[str] = frozenset()

    @classmethod
    def of(cls, practice: Practice) -> Facts:
        """The facts as they stand."""
        return cls(
            agency=practice.agency,
            title=practice.title,
            award=practice.award,
            award_year=practice.award_year,
            summary=practice.summary,
            source=practice.source,
            criteria=frozenset(criterion.pk for criterion in practice.criteria.all()),
            tags=frozenset(tag.name for tag in practice.tags.all()),
        )

    def changed_fields(self, other: Facts) -> list[str]:
        """The names of the fields in which the two differ."""
        return [
            field.name
            for field in fields(self)
            if (mine := getattr(self, field.name)) != (theirs := getattr(other, field.name))
            and not (field.name == "tags" and same_tags(mine, theirs))
        ]


@dataclass(frozen=True)
class Base:
    """What a person had before them when they began to write: the versions of the case and of its text."""

    practice: int
    text: int

    @classmethod
    def of(cls, practice: Practice) -> Base:
        """The versions as they stand."""
        return cls(practice.version, practice.text.version)

    @classmethod
    def first(cls, practice: Practice) -> Base:
        """The versions that the case was made with; a text that was empty then begins at 0."""
        return cls(1, min(practice.text.version, 1))


LINKED = ("criteria", "tags")
FACT_COLUMNS = [field.name for field in fields(Facts) if field.name not in LINKED]


@transaction.atomic
def create_practice(
    *,
    uid: uuid.UUID,
    key: str,
    facts: Facts,
    html: str,
    kept_to: Agency | None,
    status: PracticeStatus,
    by: User | None,
    position: int | None = None,
) -> Practice:
    """Make a case; the same `uid` again (a repeated request) gives the case made before.

    Raises UncleanText, and ChangeRefused for publishing a case without text.
    """
    if made := Practice.objects.filter(uid=uid).first():
        return made
    if position is None:
        position = (Practice.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    text = new_text(agency=kept_to, html=html, by=by)
    practice = Practice(uid=uid, key=key, text=text, kept_to=kept_to, position=position, status=status)
    if status == PracticeStatus.PUBLISHED:
        _check_has_text(text)
    _set_facts(practice, facts)
    practice.save()
    _set_links(practice, facts)
    AuditEvent.record("practice.created", practice, by=by, agency=kept_to, key=key, status=str(status))
    return practice


@transaction.atomic
def update_practice(
    *,
    practice: Practice,
    base: Base,
    facts: Facts,
    html: str,
    by: User | None,
    position: int | None = None,
) -> list[str]:
    """Save facts and text on top of what the person saw; gives the names of the changed fields.

    Saving what stands there already is no change and never a conflict, so a repeated request is harmless.
    Raises UncleanText, StaleVersion, ChangeRefused and texts.services' TextConflict and TextLocked; nothing
    is written then. A published case keeps a text: forms take it over.
    """
    current = practice.fresh()
    changed = changes(current, facts, html, position)
    if not changed:
        return []
    if current.withdrawn_at:
        raise ChangeRefused("ตัวอย่างนี้ถูกถอนแล้ว จึงแก้ไขไม่ได้")
    if "text" in changed and current.status == PracticeStatus.PUBLISHED:
        cleaned = clean_html(html)
        _check_has_text(Text(html=cleaned, plain=plain_text(cleaned)), NO_TEXT_LEFT)
    practice.claim_version(base.practice)
    if "text" in changed:
        save_text(text=practice.text, base_version=base.text, html=html, key=uuid.uuid4(), by=by)
    practice.position = current.position if position is None else position
    _set_facts(practice, facts)
    # Not the whole row: its state may have been changed since it was read.
    practice.save(update_fields=[*FACT_COLUMNS, "position"])
    _set_links(practice, facts)
    AuditEvent.record("practice.updated", practice, by=by, agency=practice.kept_to, fields=changed)
    return changed


@transaction.atomic
def save_made_again(
    *, practice: Practice, facts: Facts, html: str, status: PracticeStatus, by: User
) -> list[str]:
    """Save what the page for a new case was sent with after it had made `practice` already.

    Somebody went back in the browser, wrote on and pressed a button once more. On top of the case as it was
    made; raises as update_practice and publish_practice.
    """
    stands = practice.fresh().status
    if status == PracticeStatus.DRAFT and stands != status:
        unpublish_practice(practice=practice, by=by)
    changed = update_practice(practice=practice, base=Base.first(practice), facts=facts, html=html, by=by)
    if status == PracticeStatus.PUBLISHED and stands != status:
        publish_practice(practice=practice.fresh(), by=by)
    return changed


def changes(practice: Practice, facts: Facts, html: str, position: int | None = None) -> list[str]:
    """The names of what saving this would change: fields of `Facts`, "text", "position"."""
    changed = Facts.of(practice).changed_fields(facts)
    if clean_html(html) != practice.text.html:
        changed.append("text")
    if position not in (None, practice.position):
        changed.append("position")
    return changed


def publish_practice(*, practice: Practice, by: User) -> None:
    """Make a draft available for forms. Raises ChangeRefused."""
    _check_has_text(practice.text)
    _set_status(practice, "publish", PracticeStatus.PUBLISHED, by)


def unpublish_practice(*, practice: Practice, by: User) -> None:
    """Make it a draft again; forms that took it over keep their copy. Raises ChangeRefused."""
    _set_status(practice, "unpublish", PracticeStatus.DRAFT, by)


@transaction.atomic
def withdraw_practice(*, practice: Practice, by: User) -> None:
    """Take a case out of the library; it stays readable where it is used. Raises ChangeRefused."""
    if not _open_rows(practice, "withdraw").update(withdrawn_at=timezone.now(), withdrawn_by=by):
        raise ChangeRefused("ตัวอย่างนี้ถูกถอนไปแล้ว")
    AuditEvent.record("practice.withdrawn", practice, by=by, agency=practice.kept_to)


@transaction.atomic
def _set_status(practice: Practice, change: str, status: PracticeStatus, by: User) -> None:
    if not _open_rows(practice, change).update(status=status):
        raise ChangeRefused(f"ตัวอย่างนี้ถูกถอนแล้ว หรืออยู่ในสถานะ “{status.label}” อยู่แล้ว")
    AuditEvent.record(f"practice.{change}ed", practice, by=by, agency=practice.kept_to)


def _open_rows(practice: Practice, change: str) -> PracticeQuerySet:
    """The row, when its state allows the change; one UPDATE on it decides between two people."""
    return Practice.objects.current().filter(pk=practice.pk, status__in=ALLOWED_FROM[change])


def _check_has_text(text: Text, message: str = NO_TEXT_YET) -> None:
    if text.is_blank:
        raise ChangeRefused(message)


def _set_facts(practice: Practice, facts: Facts) -> None:
    for name in FACT_COLUMNS:
        setattr(practice, name, getattr(facts, name))


def _set_links(practice: Practice, facts: Facts) -> None:
    practice.criteria.set(facts.criteria)
    if not same_tags(facts.tags, practice.tag_names):
        practice.tags.set(tags_called(facts.tags).values())


def tags_called(names: Iterable[str]) -> dict[str, Tag]:
    """The tags of these names, those made that are new; the spelling that was first stays."""
    by_folded = {folded(name): name for name in names}
    stored = {tag.folded: tag for tag in Tag.objects.filter(folded__in=by_folded)}
    new = [Tag(name=name, folded=key) for key, name in by_folded.items() if key not in stored]
    if new:
        # somebody else may be making the same one
        Tag.objects.bulk_create(new, ignore_conflicts=True)
        stored = {tag.folded: tag for tag in Tag.objects.filter(folded__in=by_folded)}
    return {name: stored[key] for key, name in by_folded.items()}
