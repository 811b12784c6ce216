"""Pages of the agency's year, one file per noun."""
