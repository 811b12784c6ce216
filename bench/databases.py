"""Databases made for one measurement and thrown away; an installation is never touched."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

DATABASES = ("sqlite", "postgresql")

Environment = Mapping[str, str]


def on_each(wanted: Sequence[str], measure: Callable[[Environment], int]) -> int:
    """Call `measure` with the environment of each wanted database (all when none is named); gives the worst result.

    PostgreSQL is as durable as in an agency.
    """
    from pmqa_site.setup import postgres

    names = wanted or DATABASES
    results = []
    with tempfile.TemporaryDirectory(prefix="pmqa-bench-") as name:
        folder = Path(name)
        if "sqlite" in names:
            results.append(measure(_environment(folder / "sqlite", "")))
        if "postgresql" in names:
            with postgres.cluster(folder / "postgresql", durable=True) as address:
                results.append(measure(_environment(folder / "postgresql-var", address)))
    return max(results)


def _environment(folder: Path, address: str) -> Environment:
    folder.mkdir(parents=True)
    return {
        **os.environ,
        "PMQA_DEMONSTRATION": "0",
        "PMQA_VAR_DIR": str(folder),
        "PMQA_SECRET_KEY": "bench" * 10,
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "pmqa_site.settings",
    }
