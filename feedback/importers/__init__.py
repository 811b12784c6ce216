"""Bringing in feedback from files."""
