"""Descriptions of the models' columns in two languages: generated from the register, and compared with the models.

Lives here: what is written beside the models (`staging`, `elements`), and what a description may fall short of
(`drift`).
Stays out: which columns a model has (`lineage`), the descriptions written by hand (`dbt_project/models`).
"""
