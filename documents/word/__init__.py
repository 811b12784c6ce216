"""The form as a Word document, and a Word document as rich text: pure functions without database.

`package.write_document` writes, `reader.read_document` reads; `identity` has the hidden names by which a piece of text
is known again. Reasons are in docs/adr/0015-word-round-trip.md.
"""
