"""Formats of the Thai locale."""
