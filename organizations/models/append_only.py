"""Rows that are written once: the database itself refuses to change or delete them."""

from __future__ import annotations

from django.db import models


class AppendOnly(models.Model):
    """A row that is never changed and never deleted; `organizations.guards` puts the triggers on its table."""

    class Meta:
        abstract = True
