"""Measurements, run as `./pmqa bench NAME`; each compares what it measures within one run."""
