"""Rows that are saved as a whole and must not be overwritten unseen."""

from __future__ import annotations

from typing import Self

from django.db import models


class StaleVersion(Exception):
    """Somebody saved this row after it was read; `current` is the row as it stands now."""

    def __init__(self, current: models.Model) -> None:
        super().__init__("stale version")
        self.current = current


class Claimed(models.Model):
    """A row with one version or several (one per list of it); an accepted save raises the one that it claimed."""

    class Meta:
        abstract = True

    def claim_version(self, base_version: int, name: str = "version") -> None:
        """Take the right to write on top of `base_version`; call it first inside the transaction.

        `name` is the version field, for rows that keep one per list. One UPDATE decides, so that two
        people who saw the same version cannot both win.
        Raises StaleVersion with the row as it stands when somebody was faster.
        """
        rows = type(self)._default_manager.filter(pk=self.pk, **{name: base_version})
        if not rows.update(**{name: base_version + 1}):
            raise StaleVersion(self.fresh())
        setattr(self, name, base_version + 1)

    def fresh(self) -> Self:
        """This row read again from the database."""
        return type(self)._default_manager.get(pk=self.pk)


class Versioned(Claimed):
    """A row that is saved as a whole: it has one version."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True
