"""What the search needs of a database beside its tables: made after every migrate, looked for at every start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assessment.models import SearchEntry, SearchPending

from .index import index_is_there, make_index
from .triggers import WATCHED, install_triggers, missing_triggers

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


def install_search(connection: BaseDatabaseWrapper) -> bool:
    """Make what is missing; true when there was something. Does nothing before all tables are there."""
    needed = {watch.table for watch in WATCHED}
    needed |= {SearchEntry._meta.db_table, SearchPending._meta.db_table}
    if not needed.issubset(connection.introspection.table_names()) or search_is_installed(connection):
        return False
    make_index(connection)
    install_triggers(connection)
    return True


def search_is_installed(connection: BaseDatabaseWrapper) -> bool:
    """Whether every change is noted and every entry indexed."""
    return index_is_there(connection) and not missing_triggers(connection)
