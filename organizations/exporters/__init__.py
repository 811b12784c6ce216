"""Files that leave this package."""
