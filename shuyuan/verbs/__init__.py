"""The verbs of `shuyuan`, one a module: options, one call to a room, output.

Stays out: imports of heavy libraries at the top, since each `--help` would pay for them.
"""
