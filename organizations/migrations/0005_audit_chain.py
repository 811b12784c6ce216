# The events of an older installation are chained in the order in which they were written.

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Value
from django.db.models.functions import Coalesce

from organizations.chaining import GENESIS, link

CHUNK = 1000


def chain(apps, schema_editor):
    """Give every event its place and hash, and every chain its head; in chunks, whatever the length of the trail."""
    events, heads = apps.get_model("organizations", "AuditEvent"), apps.get_model("organizations", "AuditHead")
    ends = {}
    last = 0
    while rows := list(events.objects.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        for event in rows:
            before, previous = ends.get(event.agency_id, (0, GENESIS))
            entry = {
                "sequence": before + 1,
                "at": event.at,
                "agency": event.agency_id,
                "actor": event.actor_id,
                "verb": event.verb,
                "object_type": event.object_type,
                "object_id": event.object_id,
                "facts": event.facts,
            }
            ends[event.agency_id] = (before + 1, link(previous, entry))
            event.sequence, event.hash = ends[event.agency_id]
        events.objects.bulk_update(rows, ["sequence", "hash"], batch_size=200)
        last = rows[-1].pk
    heads.objects.bulk_create(
        heads(agency_id=agency, sequence=sequence, hash=hash) for agency, (sequence, hash) in ends.items()
    )


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0004_notifications'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sequence', models.PositiveBigIntegerField(default=0, editable=False)),
                ('hash', models.CharField(blank=True, default='', editable=False, max_length=64)),
                ('agency', models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.agency')),
            ],
            options={
                'verbose_name': 'ปลายบันทึกเหตุการณ์',
                'constraints': [models.UniqueConstraint(Coalesce("agency", Value(0)), name='organizations_audithead_one_per_chain')],
            },
        ),
        migrations.AddField(
            model_name='auditevent',
            name='sequence',
            field=models.PositiveBigIntegerField(default=0, editable=False),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='auditevent',
            name='hash',
            field=models.CharField(default='', editable=False, max_length=64),
            preserve_default=False,
        ),
        migrations.RunPython(chain, migrations.RunPython.noop),
    ]
