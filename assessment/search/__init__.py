"""Searching over cases, feedback, activities and the texts of forms (ADR 26).

`triggers` note which rows changed, `entries` reads rows into entries, `refreshing` brings the entries up to
date in the worker, `index` is what each database looks words up in, `finding` answers a question.
"""
