from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0003_job_format'),
    ]

    operations = [
        migrations.AddField(
            model_name='job',
            name='whole_numbering',
            field=models.BooleanField(default=False),
        ),
    ]
