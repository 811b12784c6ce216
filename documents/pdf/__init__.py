"""The PDF writer: HTML and pictures in, PDF bytes out.

Nothing below this package imports Django: it runs in a forked, limited child that has no database and
no settings (see child.py), and everything it needs comes as an argument.
"""
