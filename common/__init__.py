"""GROUND: what several rooms share: settings, the code's version, the shape of a raw row, the files of a night, error
messages, how a file is put in place.

Stays out: the register (`registry`); nothing here opens a table.
"""
