"""Start-up of the package: makes Thai dictionary order known to SQLite."""

from __future__ import annotations

from django.apps import AppConfig


class ThaiConfig(AppConfig):
    """Thai text, dates, order and form fields."""

    name = "thai"
    label = "thai"
    verbose_name = "ภาษาไทย"

    def ready(self) -> None:
        """Register the collation on every SQLite connection, those already open included."""
        from django.db import connections
        from django.db.backends.signals import connection_created

        from thai.collation import register_collation

        connection_created.connect(register_collation, dispatch_uid="thai.register_collation")
        for connection in connections.all(initialized_only=True):
            if connection.connection is not None:
                register_collation(connection=connection)
