"""METHOD: the few statistics that SQL cannot do, as pure functions from table to table.

Lives here: quantile regression, mixed models, record linkage, each with its published source, once a mart needs it.
Add here: one module a method; its inputs and outputs are tables, its parameters are arguments.
Stays out: sources, paths, the lake, and anything that SQL does well (ranks, weighted variation: dbt_project).
"""
