"""Triggers that note every change of a row that can be found, whatever way it is written.

They write one narrow row and know nothing of words. Django's table rebuild on SQLite drops triggers without a
word, so they are looked for after every migrate and at every start; the rows of a table whose trigger was missing
are noted all together. A new VERSION gives them new names, so that everything is read again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assessment.enums import SearchSource
from assessment.models import Activity, ActivityOwner, ActivityPlace, CategorySheet, CriterionAnalysis
from assessment.models import SearchPending as Pending
from feedback.models import FeedbackPoint
from framework.models import EditionCriterion
from organizations.models import Agency, Owner
from practices.models import Practice
from texts.models import Text

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.utils import CursorWrapper
    from django.db.models import Model

# To be raised whenever entries read the same rows in another way.
VERSION = 2
PREFIX = "search"
FUNCTION = f"{PREFIX}_note"
EVENTS = ("insert", "update", "delete")


@dataclass(frozen=True)
class Watch:
    """A table; `key` is the column that says what changed, `columns` those whose change counts (none: all)."""

    model: type[Model]
    source: SearchSource
    key: str = "id"
    events: tuple[str, ...] = EVENTS
    columns: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """The name of the table."""
        return self.model._meta.db_table

    def names(self) -> dict[str, str]:
        """The name of the trigger of each event."""
        return {event: f"{PREFIX}{VERSION}_{self.table}_{event}" for event in self.events}


WATCHED = (
    Watch(Practice, SearchSource.PRACTICE),
    Watch(Practice.criteria.through, SearchSource.PRACTICE, "practice_id"),
    Watch(FeedbackPoint, SearchSource.POINT),
    Watch(Activity, SearchSource.ACTIVITY),
    Watch(ActivityPlace, SearchSource.ACTIVITY, "activity_id"),
    Watch(ActivityOwner, SearchSource.ACTIVITY, "activity_id"),
    Watch(CriterionAnalysis, SearchSource.ANALYSIS, events=("insert", "delete")),
    Watch(CategorySheet, SearchSource.SHEET, events=("insert", "delete")),
    Watch(Text, SearchSource.TEXT, events=("update",), columns=("plain",)),
    Watch(Agency, SearchSource.AGENCY, events=("update",), columns=("name", "short_name")),
    Watch(Owner, SearchSource.OWNER, events=("update",), columns=("name", "abbreviation")),
    Watch(EditionCriterion, SearchSource.CRITERION, "criterion_id"),
)


def missing_triggers(connection: BaseDatabaseWrapper) -> list[Watch]:
    """The tables of which at least one trigger is not there."""
    with connection.cursor() as cursor:
        there = trigger_names(connection, cursor)
    return [watch for watch in WATCHED if not there.issuperset(watch.names().values())]


def install_triggers(connection: BaseDatabaseWrapper) -> list[Watch]:
    """Make the triggers that are missing and note the rows that nobody watched; gives their tables."""
    missing = missing_triggers(connection)
    if not missing:
        return []
    with connection.cursor() as cursor:
        _drop_former(connection, cursor)
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES_FUNCTION)
        for watch in missing:
            for event, name in watch.names().items():
                _drop(connection, cursor, name, watch.table)
                cursor.execute(_creation(connection, watch, event, name))
            _note_all(cursor, watch)
    return missing


def note_everything(connection: BaseDatabaseWrapper) -> None:
    """Have all entries made again."""
    with connection.cursor() as cursor:
        for watch in WATCHED:
            _note_all(cursor, watch)


def trigger_names(connection: BaseDatabaseWrapper, cursor: CursorWrapper) -> set[str]:
    """The triggers of ours that the database has."""
    if connection.vendor == "postgresql":
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
    else:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    return {name for (name,) in cursor.fetchall() if name.startswith(PREFIX)}


def _drop_former(connection: BaseDatabaseWrapper, cursor: CursorWrapper) -> None:
    """Take away triggers of an earlier version."""
    wanted = {name for watch in WATCHED for name in watch.names().values()}
    by_name = {
        name.replace(f"{PREFIX}{VERSION}_", ""): watch.table
        for watch in WATCHED
        for name in watch.names().values()
    }
    for name in trigger_names(connection, cursor) - wanted:
        number, _, rest = name.removeprefix(PREFIX).partition("_")
        if number.isdigit() and rest in by_name:
            _drop(connection, cursor, name, by_name[rest])


def _drop(connection: BaseDatabaseWrapper, cursor: CursorWrapper, name: str, table: str) -> None:
    where = f' ON "{table}"' if connection.vendor == "postgresql" else ""
    cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{where}')


def _creation(connection: BaseDatabaseWrapper, watch: Watch, event: str, name: str) -> str:
    """The statement that makes the trigger; all names are those of our own models."""
    postgres = connection.vendor == "postgresql"
    columns = watch.columns if event == "update" else ()
    of = f" OF {_quoted(columns)}" if columns else ""
    differs = "IS DISTINCT FROM" if postgres else "IS NOT"
    changed = " OR ".join(f'OLD."{column}" {differs} NEW."{column}"' for column in columns)
    when = f" WHEN ({changed})" if changed else ""
    head = f'CREATE TRIGGER "{name}" AFTER {event.upper()}{of} ON "{watch.table}" FOR EACH ROW{when}'
    if postgres:
        return f"{head} EXECUTE FUNCTION {FUNCTION}('{watch.source}', '{watch.key}')"
    row = "OLD" if event == "delete" else "NEW"
    noting = _noting(f"'{watch.source}'", f'{row}."{watch.key}"')
    return f"{head} BEGIN {noting}; END"


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _noting(source: str, key: str) -> str:
    return f'INSERT INTO "{Pending._meta.db_table}" (source, object_id) VALUES ({source}, {key})'  # noqa: S608


def _note_all(cursor: CursorWrapper, watch: Watch) -> None:
    columns = f"'{watch.source}', \"{watch.key}\""
    rows = f'SELECT DISTINCT {columns} FROM "{watch.table}"'  # noqa: S608
    cursor.execute(f'INSERT INTO "{Pending._meta.db_table}" (source, object_id) {rows}')


_POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        EXECUTE format('SELECT ($1).%I', TG_ARGV[1]) INTO changed USING OLD;
    ELSE
        EXECUTE format('SELECT ($1).%I', TG_ARGV[1]) INTO changed USING NEW;
    END IF;
    {_noting("TG_ARGV[0]", "changed")};
    RETURN NULL;
END $$
"""
