"""Changes of the agency's year that touch several rows, one file per noun."""
