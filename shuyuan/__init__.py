"""THE DESK: the command line `shuyuan` and its verbs.

Add here: a verb (a module of `verbs`).
Stays out: logic; a verb calls a room and prints the result.
"""
