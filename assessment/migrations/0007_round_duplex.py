from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assessment', '0006_figure_versions'),
    ]

    operations = [
        migrations.AddField(
            model_name='round',
            name='duplex',
            field=models.BooleanField(default=False, verbose_name='พิมพ์สองหน้า (สลับด้านขอบเย็บเล่มในหน้าคู่)'),
        ),
    ]
