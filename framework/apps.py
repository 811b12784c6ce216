"""The application `framework`: PMQA as data."""

from django.apps import AppConfig


class FrameworkConfig(AppConfig):
    """Editions, categories, criteria, descriptors."""

    name = "framework"
    verbose_name = "เกณฑ์ PMQA"
