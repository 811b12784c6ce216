"""Reading the members sheet."""
