"""Which rows go to the file that need not survive a power cut."""

from typing import Any


class PassingRouter:
    """Sends Django's cache table to the database `passing`, everything else to `default`."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        """Read cache entries from the passing file."""
        return "passing" if model._meta.app_label == "django_cache" else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        """The passing file holds the cache table and nothing else."""
        if app_label == "django_cache":
            return db == "passing"
        return False if db == "passing" else None
