"""The lake's tables that are not models: the register as rows, and the raw tables of the feeds.

Stays out: filling raw tables (`ingest`), models (`dbt_project`).
"""
