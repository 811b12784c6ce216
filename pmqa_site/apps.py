"""The site itself: home, error pages, health."""

from __future__ import annotations

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Root of the site; nobody imports it."""

    name = "pmqa_site"
    verbose_name = "PMQA 4.0"

    def ready(self) -> None:
        """Set up every connection to PostgreSQL that is opened from now on."""
        from django.db.backends.signals import connection_created

        from pmqa_site.planner import plan_few_joins

        connection_created.connect(plan_few_joins, dispatch_uid="pmqa_site.plan_few_joins")
