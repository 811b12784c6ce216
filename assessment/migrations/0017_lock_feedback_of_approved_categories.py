"""The feedback that approved categories answer is locked, as approving does from now on."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def lock(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """One lock per criterion of an approved category."""
    analyses = apps.get_model("assessment", "CriterionAnalysis").objects
    locks = apps.get_model("feedback", "FeedbackLock").objects
    approved = analyses.filter(sheet__review_state="approved").values_list(
        "sheet__round__agency",
        "sheet__round__feedback_year",
        "sheet__round__feedback_step",
        "wording__criterion",
    )
    for agency, year, step, criterion in approved:
        locks.get_or_create(agency_id=agency, year=year, step=step, criterion_id=criterion)


class Migration(migrations.Migration):
    dependencies = [
        ("assessment", "0016_gaps"),
        ("feedback", "0005_sub_items_and_locks_of_criteria"),
    ]

    operations = [migrations.RunPython(lock, migrations.RunPython.noop)]
