"""The site itself: home, error pages, health."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Root of the site; nobody imports it."""

    name = "pmqa_site"
    verbose_name = "PMQA 4.0"
