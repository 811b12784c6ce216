"""The application `documents`: the form as page and as file."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """One read model of the form, its renderings, and the jobs that make files."""

    name = "documents"
    verbose_name = "เอกสาร"
