"""Reading last year's form as agencies write it in Word. Pure: bytes in, pieces out; no database, no Django.

`package` opens the file, `numbering` says what Word prints before list lines, `source` gives lines and tables,
`columns` says what a column holds, `patterns` and `awards` know the words of the form, `reading` puts every
line into a piece, `owners` cuts owner lines, `corrections` finds typical faults of scanned text.
"""
