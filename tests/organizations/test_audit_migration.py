"""A database of an older run comes along: its events are chained in the order in which they were written."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from organizations.models import AuditEvent
from organizations.services.audit_proof import chains, verify_chain
from tests.guards import without_guards

# More than one piece of the migration, with facts that the two databases spell in their own way.
FACTS: list[Any] = [
    {},
    {"name": "สำนักนโยบายและแผน"},
    {"n": 1e22, "m": -0.0, "x": 0.1},
    {"day": "2026-11-20", "l": [1, None]},
]
EVENTS = 2300


def state(name: str, *, before: bool = False) -> list[tuple[str, str]]:
    """The migration of this name, whatever its number is by now, or the one before it."""
    loader = MigrationExecutor(connection).loader
    key = next(key for key in loader.graph.nodes if key[0] == "organizations" and key[1].endswith(name))
    parents = [parent.key for parent in loader.graph.node_map[key].parents]
    return [parent for parent in parents if parent[0] == "organizations"] if before else [key]


def migrated(target: list[tuple[str, str]]) -> Any:
    """Bring the tables to this state and give its models."""
    executor = MigrationExecutor(connection)
    executor.migrate(target)
    return MigrationExecutor(connection).loader.project_state(target).apps


@pytest.fixture
def older(transactional_db: None) -> Iterator[Any]:
    """The models of an installation that has neither chain nor guards."""
    with without_guards():
        yield migrated(state("_audit_chain", before=True))
        migrated(MigrationExecutor(connection).loader.graph.leaf_nodes())


def test_the_events_of_an_older_installation_are_chained(older: Any):
    agency, event = (older.get_model("organizations", name) for name in ("Agency", "AuditEvent"))
    places = [None, *(agency.objects.create(code=code, name=code) for code in ("a", "b"))]
    event.objects.bulk_create(
        event(
            at=datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC),
            agency=places[number % 3],
            verb="owner.created",
            facts=FACTS[number % len(FACTS)],
        )
        for number in range(EVENTS)
    )
    migrated(state("_audit_constraints"))
    proofs = [verify_chain(pk) for pk in chains()]
    assert [proof.holds for proof in proofs] == [True] * 3
    assert [proof.count for proof in proofs] == [767, 767, 766]
    order = AuditEvent.objects.filter(agency=None).order_by("sequence").values_list("pk", flat=True)
    assert list(order) == sorted(order)
    AuditEvent.record("owner.created", by=None)
    assert (verify_chain(None).holds, verify_chain(None).head.sequence) == (True, 768)
