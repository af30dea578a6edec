"""The national student physical fitness standard: its tables, as published, and how they are used.

Lives here: the tables as CSV (`fitness_tables` reads them), and the rules in rules.yml; a bureau may put files of
its own in their place, as `fitness/` of its register.
Add here: a table of a later edition of the standard.
Stays out: scoring (dbt_project), what a register may not say (`registry.rules.fitness`).
"""
