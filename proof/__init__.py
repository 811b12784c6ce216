"""Proofs of what the documents promise, run as `./pmqa prove NAME`; 0 when everything holds."""
