"""The application `texts`: what people write."""

from django.apps import AppConfig


class TextsConfig(AppConfig):
    """Rich texts, their versions, and the figures in them."""

    name = "texts"
    verbose_name = "ข้อความ"
