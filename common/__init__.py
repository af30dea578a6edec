"""GROUND: what several rooms must agree on, and the one reading of the environment.

Lives here: settings, the version of the code, the shapes that siblings share (a raw row, the files that a night's steps
leave for each other), and how a failure is told.
Stays out: the register (`registry`), data of any kind: nothing here opens a table.
"""
