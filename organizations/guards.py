"""Triggers that refuse to change or delete the rows of append-only tables, on both databases.

They keep programs honest, ours first. Whoever owns the database can drop them, and the chain of the audit trail is
there to show that. Django's rebuild of a SQLite table drops its triggers without a word, so they are put back after
every migrate, and the start of the workbench looks whether they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper

from .models.append_only import AppendOnly

# Both databases give these as IntegrityError. TRUNCATE exists on PostgreSQL only and fires once per statement.
EVENTS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}
REFUSAL = "rows of this table are never changed and never deleted"
BODY = f"""
BEGIN
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation';
END
"""
FUNCTION = f"CREATE OR REPLACE FUNCTION pmqa_append_only() RETURNS trigger LANGUAGE plpgsql AS $${BODY}$$"


def guarded_tables(using: str = "default") -> list[str]:
    """The append-only tables of this database."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        if issubclass(model, AppendOnly) and router.allow_migrate_model(using, model)
    )


def _name(table: str, event: str) -> str:
    return f"{table}_no_{event.lower()}"


def _statement(connection: BaseDatabaseWrapper, table: str, event: str) -> str:
    name, quoted = connection.ops.quote_name(_name(table, event)), connection.ops.quote_name(table)
    if connection.vendor == "sqlite":
        return f"CREATE TRIGGER {name} BEFORE {event} ON {quoted} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    each = "STATEMENT" if event == "TRUNCATE" else "ROW"
    return f"CREATE TRIGGER {name} BEFORE {event} ON {quoted} FOR EACH {each} EXECUTE FUNCTION pmqa_append_only()"


def missing_guards(using: str = "default") -> list[tuple[str, str]]:
    """The (table, event) pairs whose trigger is gone, switched off or another than ours."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    standing = set(_standing(connection))
    return [
        (table, event)
        for table in guarded_tables(using)
        if table in tables
        for event in EVENTS[connection.vendor]
        if (_name(table, event), table) not in standing
    ]


def _standing(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str]]:
    """The (trigger, table) pairs that do their work."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
            ours = {_statement(connection, t, e) for t in guarded_tables() for e in EVENTS["sqlite"]}
            yield from ((name, table) for name, table, sql in cursor.fetchall() if sql in ours)
        else:
            cursor.execute(
                "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = 'pmqa_append_only' "
                "AND p.prosrc = %s AND t.tgenabled IN ('O', 'A') AND pg_table_is_visible(c.oid)",
                [BODY],
            )
            yield from cursor.fetchall()


def raise_guards(using: str = "default") -> list[tuple[str, str]]:
    """Put every missing trigger on its table; give the (table, event) pairs that were missing."""
    missing = missing_guards(using)
    connection = connections[using]
    with connection.cursor() as cursor:
        if missing and connection.vendor == "postgresql":
            cursor.execute(FUNCTION)
        for table, event in missing:
            _drop(connection, cursor, table, event)
            cursor.execute(_statement(connection, table, event))
    return missing


def lower_guards(using: str = "default") -> None:
    """Take the triggers off, for a migration that must rewrite such rows; migrate puts them back."""
    connection = connections[using]
    standing = [(t, e) for t in guarded_tables(using) for e in EVENTS[connection.vendor]]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table, event in standing:
            if table in tables:
                _drop(connection, cursor, table, event)


def _drop(connection: BaseDatabaseWrapper, cursor: Any, table: str, event: str) -> None:
    name = connection.ops.quote_name(_name(table, event))
    where = "" if connection.vendor == "sqlite" else f" ON {connection.ops.quote_name(table)}"
    cursor.execute(f"DROP TRIGGER IF EXISTS {name}{where}")


def raise_guards_after_migrate(*, using: str, **signal: Any) -> None:
    """Receiver of post_migrate, which is sent also when there was nothing to migrate and after a flush."""
    raise_guards(using)
