"""`python -m shuyuan`: the same as the console script."""

from shuyuan.cli import main

main()
