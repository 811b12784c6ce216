#!/usr/bin/env python
"""Django's command line, run by the launcher as `./pmqa manage …`."""

import os
import sys


def main() -> None:
    """Hand the arguments on to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmqa_site.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
