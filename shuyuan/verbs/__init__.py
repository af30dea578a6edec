"""The verbs of `shuyuan`, one a module.

Lives here: a verb's options, the one call it makes, and what it prints.
Add here: a verb, and its line in `cli`.
Stays out: imports of heavy libraries at the top: each `--help` pays for them.
"""
