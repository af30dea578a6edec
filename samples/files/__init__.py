"""Files: rows with what is planted in them, workbooks, csv and json-lines, and an account of every row.

Lives here: everything about files that is the same for all feeds.
Add here: another format.
Stays out: the feeds' own columns (`feeds`).
"""
