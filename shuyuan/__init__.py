"""THE DESK: the command line, and the one module that reads the environment.

Lives here: `shuyuan` and its verbs, the settings, the version of the code.
Add here: a verb (a module of `verbs`), a setting.
Stays out: logic; a verb asks a room and prints what it is told.
"""
