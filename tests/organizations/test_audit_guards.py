"""The database itself refuses to change or delete what is append-only; the start looks whether it still does."""

from __future__ import annotations

import uuid

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from organizations.guards import EVENTS, guarded_tables, lower_guards, missing_guards, raise_guards
from organizations.models import AuditEvent
from pmqa_site import preparing
from tests.guards import settle_constraints
from tests.world import make_agency, make_user
from texts.models import Revision
from texts.services import new_text, save_text

pytestmark = pytest.mark.django_db
TABLES = ["organizations_auditevent", "texts_revision"]


@pytest.fixture
def rows() -> None:
    """Two revisions and the events of their saves."""
    text = new_text(agency=make_agency("senate", "สำนักงาน"), html="<p>หนึ่ง</p>", by=make_user("writer"))
    save_text(text=text, base_version=1, html="<p>สอง</p>", key=uuid.uuid4(), by=None)
    assert (Revision.objects.count(), AuditEvent.objects.filter(verb="text.saved").count()) == (2, 2)


def test_the_tables_are_those_of_the_trail_and_of_the_history():
    assert guarded_tables() == TABLES
    assert missing_guards() == []


@pytest.mark.parametrize("model", [AuditEvent, Revision], ids=lambda model: model.__name__)
def test_rows_are_neither_changed_nor_deleted(rows, model):
    before = list(model.objects.order_by("pk").values())
    first = model.objects.order_by("pk").first()
    changes = [
        lambda: model.objects.update(**{("verb" if model is AuditEvent else "html"): "x"}),
        lambda: model.objects.filter(pk=first.pk).delete(),
        lambda: model.objects.all().delete(),
        first.save,
        lambda: model.objects.bulk_create(
            [model.objects.get(pk=first.pk)],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["at"],
        ),
    ]
    if connection.vendor == "postgresql":
        changes.append(lambda: connection.cursor().execute(f"TRUNCATE {model._meta.db_table} CASCADE"))
        settle_constraints()
    for change in changes:
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            change()
    assert list(model.objects.order_by("pk").values()) == before


def test_a_flush_of_the_database_is_refused(rows):
    """Outside of tests too: nobody empties an installation by one command."""
    with pytest.raises(Exception, match="flushed"), transaction.atomic():
        call_command("flush", interactive=False, verbosity=0)
    assert AuditEvent.objects.count() == 2


def test_each_trigger_that_is_gone_is_missed_and_put_back():
    settle_constraints()
    lower_guards()
    everything = [(table, event) for table in TABLES for event in EVENTS[connection.vendor]]
    assert missing_guards() == everything
    assert raise_guards() == everything
    assert missing_guards() == []


def test_a_trigger_that_does_nothing_is_missed():
    name, table = "texts_revision_no_delete", "texts_revision"
    settle_constraints()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(f"CREATE TRIGGER {name} BEFORE DELETE ON {table} BEGIN SELECT 1; END")
        else:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
    assert missing_guards() == [(table, "DELETE")]
    assert raise_guards() == [(table, "DELETE")]
    assert missing_guards() == []


def test_migrate_puts_them_back_also_when_there_is_nothing_to_migrate():
    settle_constraints()
    lower_guards()
    call_command("migrate", interactive=False, verbosity=0)
    assert missing_guards() == []


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_of_the_table_loses_them_on_sqlite_and_migrate_brings_them_back():
    """Django's SQLite editor makes a new table and drops the old one, and its triggers with it."""
    with connection.schema_editor() as editor:
        if connection.vendor == "sqlite":
            editor._remake_table(Revision)
    lost = ["UPDATE", "DELETE"] if connection.vendor == "sqlite" else []
    assert missing_guards() == [("texts_revision", event) for event in lost]
    call_command("migrate", "texts", interactive=False, verbosity=0)
    assert missing_guards() == []


def test_the_start_puts_them_back_and_writes_into_the_trail_that_they_were_gone():
    assert preparing.guard_tables() == []
    settle_constraints()
    lower_guards()
    assert preparing.guard_tables() == TABLES
    event = AuditEvent.objects.get(verb="audit.guards_missing")
    assert (event.agency, event.actor, event.facts) == (None, None, {"tables": TABLES})
    assert missing_guards() == []
