"""The one short transaction in which all of a load becomes visible, and the history that is written after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from organizations.models import AuditEvent
from practices.enums import LoadState, StagedState
from practices.models import Load, Practice, StagedCase
from practices.models.load import VALUES
from texts.models import Revision, StaleVersion, Text

from .pace import Pace, in_order, portions
from .preparing import Overtaken, link_cases
from .states import step

SETTLING = "กำลังเก็บประวัติ"
CHANGED_MEANWHILE = "มีผู้แก้ไขเรื่องนี้ระหว่างนั้น"
ADDED_MEANWHILE = "มีผู้เพิ่มเรื่องนี้ระหว่างนั้น"
# SQLite takes some thousands of values in one statement.
_LINKED = 500
# So many overtaken cases are named.
_NAMED = 100

_CASES, _PRACTICES, _TEXTS = (model._meta.db_table for model in (StagedCase, Practice, Text))
_AGENCIES = StagedCase._meta.get_field("agency").related_model._meta.db_table
_COLUMNS = ", ".join(f"{name} = s.{name}" for name in VALUES)
# Both databases take this form; all names are those of our own models. A draft that was published meanwhile keeps
# its text.
_FACTS = f"""
UPDATE {_PRACTICES} SET {_COLUMNS}, agency_id = a.agency_id, version = s.base_version + 1
FROM {_CASES} s, {_AGENCIES} a
WHERE {_PRACTICES}.id = s.practice_id AND a.id = s.agency_id AND s.load_id = %s AND s.state = %s
AND {_PRACTICES}.version = s.base_version AND {_PRACTICES}.withdrawn_at IS NULL
AND ({_PRACTICES}.status = 'draft' OR s.base_text IS NULL OR s.html <> '')
"""  # noqa: S608
_TEXT_CHANGES = f"""
UPDATE {_TEXTS} SET html = s.html, plain = s.plain, version = s.base_text + 1, updated_at = %s, updated_by_id = %s
FROM {_CASES} s, {_PRACTICES} p
WHERE p.id = s.practice_id AND {_TEXTS}.id = p.text_id AND s.load_id = %s AND s.state = %s
AND {_TEXTS}.version = s.base_text AND {_TEXTS}.locked_at IS NULL
"""  # noqa: S608


def publish(pace: Pace) -> None:
    """Make the prepared cases visible and apply the changes, all of it or nothing. Raises Overtaken, LoadStopped.

    Each UPDATE names the version that its row was read at, and counts: one row fewer than staged means that
    somebody was faster, and the transaction is rolled back.
    """
    load = pace.load
    if places := overtaken(load):
        raise Overtaken(places)
    try:
        with transaction.atomic():
            new = _reveal(load)
            changed, texts = _change_facts(load), _change_texts(load)
            expected = load.count("new"), load.count("changed"), _with_text(load).count()
            if (new, changed, texts) != expected:
                raise Overtaken([])
            _set_links(load)
            names = _change_agencies(load)
            step(load, LoadState.PUBLISHED)
            _record(load, names)
    except Overtaken as error:
        raise Overtaken(error.found or overtaken(load)) from error


def _reveal(load: Load) -> int:
    """Where the cases were hidden, they stand from now on; the search takes note by its triggers."""
    return Practice.with_prepared.filter(prepared_by=load).update(prepared_by=None)


def _change_facts(load: Load) -> int:
    return _execute(_FACTS, [load.pk, StagedState.CHANGED])


def _change_texts(load: Load) -> int:
    by = load.by.pk if load.by else None
    return _execute(_TEXT_CHANGES, [timezone.now(), by, load.pk, StagedState.CHANGED])


def _execute(statement: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _with_text(load: Load) -> Any:
    return load.cases.filter(state=StagedState.CHANGED).exclude(base_text=None)


def _set_links(load: Load) -> None:
    """Criteria and tags of the cases in which either differs."""
    differs = Q(changed__icontains='"criteria"') | Q(changed__icontains='"tags"')
    rows = load.cases.filter(differs, state=StagedState.CHANGED).only("practice_id", "criteria", "tags")
    wanted = {row.practice_id: row for row in rows if row.practice_id}
    for start in range(0, len(wanted), _LINKED):
        part = dict(list(wanted.items())[start : start + _LINKED])
        for link in (Practice.criteria.through, Practice.tags.through):
            link._default_manager.filter(practice__in=part).delete()
        link_cases(part)


def _change_agencies(load: Load) -> list[str]:
    """Names of bodies that only appear as examples; whoever has one open is told by its version."""
    changed = []
    for staged in load.agencies.exclude(changed=[]).filter(is_new=False).select_related("agency"):
        agency = staged.agency
        if agency is None or agency.hosted:
            raise Overtaken([(staged.name, CHANGED_MEANWHILE)])
        try:
            agency.claim_version(staged.base_version or 0)
        except StaleVersion as error:
            raise Overtaken([(staged.name, CHANGED_MEANWHILE)]) from error
        for name in staged.changed:
            setattr(agency, name, getattr(staged, name))
        agency.save(update_fields=staged.changed)
        changed.append(agency.code)
    return changed


def _record(load: Load, changed_agencies: list[str]) -> None:
    """One event: what came, from which files; the load keeps which cases they were."""
    new = list(load.agencies.filter(is_new=True).values_list("code", flat=True))
    AuditEvent.record(
        "practices.loaded",
        load,
        by=load.by,
        agency=load.kept_to,
        files=load.files,
        new=load.count("new"),
        changed=load.count("changed"),
        same=load.count("same"),
        agencies_new=new,
        agencies_changed=changed_agencies,
    )


def overtaken(load: Load) -> list[tuple[str, str]]:
    """The cases that somebody changed or added since they were compared, as (place, message).

    Looked through piece by piece: on SQLite nobody can commit while one statement reads.
    """
    found: list[tuple[str, str]] = []
    for start in range(0, load.rows + 1, _LINKED):
        found += _overtaken(load, load.cases.filter(sequence__gt=start, sequence__lte=start + _LINKED))
    return found[:_NAMED]


def _overtaken(load: Load, cases: Any) -> list[tuple[str, str]]:
    stale = ~Q(practice__version=F("base_version")) | Q(practice__withdrawn_at__isnull=False)
    stale |= Q(base_text__isnull=False) & (
        ~Q(practice__text__version=F("base_text")) | Q(practice__text__locked_at__isnull=False)
    )
    stale |= Q(base_text__isnull=False, html="", practice__status="published")
    changed = cases.filter(stale, state=StagedState.CHANGED).only("place", "title")
    keys = Practice.objects.filter(key=OuterRef("key")).values("pk")[:1]
    titles = Practice.objects.filter(
        agency=OuterRef("agency__agency"), title=OuterRef("title"), kept_to=load.kept_to, withdrawn_at=None
    )
    new = cases.filter(state=StagedState.NEW).only("place", "title")
    added = new.annotate(by_key=Subquery(keys), by_title=Subquery(titles.values("pk")[:1]))
    added = added.filter(Q(by_key__isnull=False) | Q(is_keyless=True, by_title__isnull=False))
    return [
        *((f"{case.place} {case.title}", CHANGED_MEANWHILE) for case in changed),
        *((f"{case.place} {case.title}", ADDED_MEANWHILE) for case in added),
    ]


# --- after it ---------------------------------------------------------------------------------------


def settle(pace: Pace) -> None:
    """Write the first revision of each new text and the next one of each changed one; may be taken up again.

    Revisions are never deleted, so that they can only be written once it is sure that their texts stand. What
    somebody saved on top of a text meanwhile has the number after it.
    """
    load = pace.load
    new = Q(state=StagedState.NEW, practice=None)
    waiting = load.cases.filter(new | (Q(base_text__isnull=False) & ~Q(html="")))
    pace.begin(SETTLING, waiting.count())
    for cases in portions(in_order(waiting), lambda case: len(case.html)):
        revisions = list(_revisions(load, cases))
        with pace.batch(len(cases), written=load.written):
            Revision.objects.bulk_create(revisions)
            _let_go(cases)
    _forget_same(pace)
    load.settled_at, load.lease_until = timezone.now(), None
    load.save(update_fields=["settled_at", "lease_until"])


def _let_go(cases: list[StagedCase]) -> None:
    """The texts stand in their history; the rows stay and name the cases that they made."""
    rows = StagedCase.objects.filter(pk__in=[case.pk for case in cases])
    rows.update(html="", plain="")
    made = Practice.objects.filter(uid=OuterRef("uid")).values("pk")[:1]
    rows.filter(state=StagedState.NEW).update(practice=Subquery(made))


def _revisions(load: Load, cases: list[StagedCase]) -> Iterator[Revision]:
    at = load.published_at or timezone.now()
    rows = Practice.objects.filter(
        Q(uid__in=[case.uid for case in cases]) | Q(pk__in=[case.practice_id for case in cases])
    )
    texts = {key: text for uid, pk, text in rows.values_list("uid", "pk", "text_id") for key in (uid, pk)}
    for case in cases:
        if not case.html:
            continue
        yield Revision(
            text_id=texts[case.practice_id or case.uid],
            version=(case.base_text or 0) + 1,
            html=case.html,
            author=load.by,
            at=at,
        )


def _forget_same(pace: Pace) -> None:
    """Rows that did nothing need not be kept; what was written is."""
    same = pace.load.cases.exclude(state__in=(StagedState.NEW, StagedState.CHANGED))
    while found := list(same.values_list("pk", flat=True)[:500]):
        with pace.batch(written=pace.load.written):
            StagedCase.objects.filter(pk__in=found)._raw_delete(using="default")
