"""WHEN: the schedules, their order, retries and alarms.

Lives here: the DAGs, and the few lines that let Airflow call the rooms (`steps`) or run in this process
(`night`).
Add here: a new schedule, one file a DAG; a new step, one function that calls one function of a room.
Stays out: logic of any kind, and data (tasks pass ids).
"""
