"""Airflow's scheduler of a lake from outside: keeping it alive, its lock, its metadata, its page, its command line.

Stays out: the command that starts it (`dags.standalone`), the DAGs.
"""
