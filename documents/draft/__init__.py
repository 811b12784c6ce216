"""A draft that went out as a Word document and comes back: what changed in it, and writing that.

`segments` cuts cells into pieces, `understanding` compares them with what went out, `standing` is the form as it is
now, `entries` puts both beside each other for the person, `writing` writes what the person decided.
"""
