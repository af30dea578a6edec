"""What is planted: bad rows, copies that differ, people who move or are renamed.

Lives here: the kinds of error, and who is hit by which.
Add here: another kind of error.
Stays out: writing them into files (`files.rows`), writing them down (`truth`).
"""
