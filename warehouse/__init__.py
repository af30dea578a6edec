"""SHIP: the lake, the build, the release, the problem lists.

Lives here: the lake's paths and its one connection (`connection`), the tables that other rooms write into
(`register_tables`, `raw_tables`), the dbt process of a night (`dbt_run`), what leaves the lake for all (`publication`,
`policy`, `secret`) or for one addressee (`lists`), and how it is read (`query`).
Add here: a new way to store or ship what the marts hold.
Stays out: computing a number (dbt_project), judging one (expectations), reading exports (ingest).
"""
