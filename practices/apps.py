"""The application `practices`: the best-practice library."""

from django.apps import AppConfig


class PracticesConfig(AppConfig):
    """Cases of excellent agencies."""

    name = "practices"
    verbose_name = "ตัวอย่างหน่วยงานที่เป็นเลิศ"
