"""Odd files: rosters, lists and marks in forms that few would expect, each with what of it must arrive or be listed.

Lives here: one function a kind, which writes the file and says what a correct reader finds; the nights on which they
come.
Add here: another kind, with its planted truth: taken from what the file means, not from what a program makes of it.
Stays out: dirt that any file may carry (`dirt`), bad rows of the usual kinds (`planted.flaw_kinds`).
"""
