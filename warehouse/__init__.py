"""SHIP: the lake, its build by dbt, the proof by lineage, releases, problem lists, and answers about the past.

Stays out: computing a number (`dbt_project`), judging one (`expectations`), reading exports (`ingest`).
"""
