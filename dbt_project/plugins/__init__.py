"""dbt-duckdb plugins: what a connection needs before the models run.

Lives here: one module a plugin, named in the profile that `warehouse.build_profile` writes.
Add here: a plugin that only configures the connection.
Stays out: reading or writing data.
"""
