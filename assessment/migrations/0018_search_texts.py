"""The words of entries move to a table of their own, so that a search reads short rows."""

import django.db.models.deletion
from django.db import migrations, models


def drop_former_index(apps, schema_editor):
    """The index is made anew after the migration; on SQLite its triggers read the columns that go."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE assessment_searchentry DROP COLUMN IF EXISTS pieces")
        return
    for event in ("insert", "update", "delete"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS search_index_{event}")
    schema_editor.execute("DROP TABLE IF EXISTS assessment_searchindex")


MOVE = """
INSERT INTO assessment_searchtext (entry_id, short_words, folded, title, body)
SELECT id, short_words, folded, title, body FROM assessment_searchentry ORDER BY id
"""

BACK = """
UPDATE assessment_searchentry SET
    short_words = (SELECT short_words FROM assessment_searchtext WHERE entry_id = assessment_searchentry.id),
    folded = (SELECT folded FROM assessment_searchtext WHERE entry_id = assessment_searchentry.id),
    title = (SELECT title FROM assessment_searchtext WHERE entry_id = assessment_searchentry.id),
    body = (SELECT body FROM assessment_searchtext WHERE entry_id = assessment_searchentry.id)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('assessment', '0017_lock_feedback_of_approved_categories'),
    ]

    operations = [
        migrations.RunPython(drop_former_index, drop_former_index),
        migrations.CreateModel(
            name='SearchText',
            fields=[
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='text', serialize=False, to='assessment.searchentry')),
                # SQLite reads a row from its beginning
                ('short_words', models.TextField(blank=True)),
                ('folded', models.TextField(blank=True)),
                ('title', models.CharField(blank=True, max_length=300)),
                ('body', models.TextField(blank=True)),
            ],
            options={
                'verbose_name': 'ข้อความของรายการค้นหา',
            },
        ),
        migrations.RunSQL(MOVE, BACK),
        migrations.RemoveField(
            model_name='searchentry',
            name='body',
        ),
        migrations.RemoveField(
            model_name='searchentry',
            name='folded',
        ),
        migrations.RemoveField(
            model_name='searchentry',
            name='short_words',
        ),
        migrations.RemoveField(
            model_name='searchentry',
            name='title',
        ),
        migrations.AlterField(
            model_name='searchentry',
            name='about',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organizations.agency'),
        ),
        migrations.AlterField(
            model_name='searchentry',
            name='agency',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organizations.agency'),
        ),
    ]
