"""The application `assessment`: the agency's year."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class AssessmentConfig(AppConfig):
    """Rounds, sheets, criteria, activities and their owners; the search over all of them."""

    name = "assessment"
    verbose_name = "แบบวิเคราะห์ประจำปี"

    def ready(self) -> None:
        """Migrating may have dropped triggers of the search without a word."""
        post_migrate.connect(after_migrate, sender=self, dispatch_uid="assessment.search")


def after_migrate(*, using: str, **signal: Any) -> None:
    """Make what the search needs of the database where it is missing."""
    from assessment.search.installing import install_search

    install_search(connections[using])
