from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0005_issue'),
    ]

    operations = [
        migrations.AddField(
            model_name='job',
            name='whole_numbering',
            field=models.BooleanField(default=False),
        ),
    ]
