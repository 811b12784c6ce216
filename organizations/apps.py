"""The application `organizations`: people, agencies and their units."""

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """People, agencies, roles, sign-in and the audit trail."""

    name = "organizations"
    verbose_name = "หน่วยงานและสมาชิก"

    def ready(self) -> None:
        """Connect the receivers of the audit trail."""
        from . import signals  # noqa: F401  (models must be loaded first)
