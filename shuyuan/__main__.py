"""`python -m shuyuan`: the same as the console script.

Lives here: one call.
Stays out: everything else.
"""

from shuyuan.cli import main

main()
