"""METHOD: the few statistics that SQL cannot do, as pure functions from table to table, each with its published source.

Add here: one module (or package) a method; its inputs and outputs are tables, its parameters are arguments.
Stays out: sources, paths, the lake, and anything that SQL does well (ranks, weighted variation: `dbt_project`).
"""
