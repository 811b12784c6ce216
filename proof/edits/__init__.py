"""`./pmqa prove edits`: no acknowledged edit is lost, whatever happens to line, worker and colleague.

Real clients write in real texts of a real installation, with the web server and the settings of `./pmqa run`:
first in calm, then while answers are dropped, worker processes are killed and the form is closed and opened again.
Every client keeps a ledger of what it sent and what it was told; afterwards the ledgers are held against the database.
Docs: ADR 20.
"""
