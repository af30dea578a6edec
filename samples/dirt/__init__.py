"""Dirt: the file styles and value forms in which platforms send the same rows, and misdelivered files.

Lives here: every dirt that a file may carry without losing a row (encodings, title and note rows, sheets beside
the table, total, blank, numbered and example rows, column order, forms of a value), and files that are misdelivered.
Add here: another dirt, with its share of the choice.
Stays out: wrong values, which cost rows or cells (`planted.flaw_kinds`).
"""
