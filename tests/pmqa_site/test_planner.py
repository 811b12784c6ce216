"""PostgreSQL does not think longer about a page than it works for it."""

from __future__ import annotations

import pytest
from django.db import connection

from pmqa_site.planner import JOINS_TRIED, plan_few_joins


@pytest.mark.django_db
def test_every_connection_to_postgresql_is_told_and_sqlite_is_left_alone(django_assert_num_queries):
    told = connection.vendor == "postgresql"
    with django_assert_num_queries(int(told)):
        plan_few_joins(connection=connection)
    if told:
        with connection.cursor() as cursor:
            cursor.execute("SHOW join_collapse_limit")
            assert cursor.fetchone() == (str(JOINS_TRIED),)


@pytest.mark.django_db
def test_a_new_connection_is_told_by_itself():
    if connection.vendor == "postgresql":
        fresh = connection.copy()
        try:
            with fresh.cursor() as cursor:
                cursor.execute("SHOW join_collapse_limit")
                assert cursor.fetchone() == (str(JOINS_TRIED),)
        finally:
            fresh.close()
    assert "pmqa_site.plan_few_joins" in {key[0] for key, *_ in connection_receivers()}


def connection_receivers():
    from django.db.backends.signals import connection_created

    return connection_created.receivers
