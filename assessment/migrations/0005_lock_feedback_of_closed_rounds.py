"""The feedback that closed rounds answer is locked, as closing a round does from now on."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def lock(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """One lock per agency, year and step that a closed round answers."""
    closed = apps.get_model("assessment", "Round").objects.filter(state="closed")
    locks = apps.get_model("feedback", "FeedbackLock").objects
    for agency, year, step in closed.values_list("agency", "feedback_year", "feedback_step"):
        locks.get_or_create(agency_id=agency, year=year, step=step)


class Migration(migrations.Migration):
    dependencies = [
        ("assessment", "0004_former_places"),
        ("feedback", "0003_feedback_lock"),
    ]

    operations = [migrations.RunPython(lock, migrations.RunPython.noop)]
