"""The application `organizations`: people, agencies and their units."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OrganizationsConfig(AppConfig):
    """People, agencies, roles, sign-in and the audit trail."""

    name = "organizations"
    verbose_name = "หน่วยงานและสมาชิก"

    def ready(self) -> None:
        """Connect the receivers of the audit trail; what is append-only is guarded again after every migrate."""
        from . import guards, signals  # noqa: F401  (models must be loaded first)

        post_migrate.connect(guards.raise_guards_after_migrate, sender=self)
