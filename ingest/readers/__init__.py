"""Readers: one format each, from a file to rows of text as delivered.

Lives here: csv and tsv, workbooks, HTML tables, json, json-lines and Parquet.
Add here: another format (and how it is recognised, in `sniffing`).
Stays out: which row is the header (`header`), what a cell must be (`contract`).
"""
