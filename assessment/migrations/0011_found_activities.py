"""Activities that were written before there was a history begin it with what stands."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

from assessment.owner_line import OwnerName, join_owners


def keep_what_stands(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """One row per activity, as `services.activity_changes.record_change` writes it."""
    activity_model = apps.get_model("assessment", "Activity")
    change_model = apps.get_model("assessment", "ActivityChange")
    now = timezone.now()
    found = activity_model.objects.filter(detail_changes=None).prefetch_related(
        "owner_lines__owner", "places__analysis__wording"
    )
    change_model.objects.bulk_create(
        (change_model(activity=activity, step="found", at=now, **_standing(activity)) for activity in found),
        batch_size=500,
    )


def _standing(activity):
    lines = sorted(activity.owner_lines.all(), key=lambda line: (line.position, line.pk))
    places = [] if activity.withdrawn_at else list(activity.places.all())
    places.sort(key=lambda place: place.analysis.wording.position)
    return {
        "owner_line": join_owners(OwnerName(line.owner.name, line.joiner, line.note) for line in lines),
        "starts_on": activity.starts_on,
        "ends_on": activity.ends_on,
        "criteria_line": ", ".join(place.analysis.wording.code for place in places),
        "facts": {
            "owners": [(line.owner_id, line.joiner, line.note) for line in lines],
            "criteria": [place.analysis_id for place in places],
        },
    }


class Migration(migrations.Migration):
    dependencies = [("assessment", "0010_activity_changes")]

    operations = [migrations.RunPython(keep_what_stands, migrations.RunPython.noop)]
