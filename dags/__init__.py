"""WHEN: schedules, the order of steps, retries and alarms.

Add here: a schedule, one file a DAG; a step, one function that calls one function of a room.
Stays out: logic of any kind, and data (tasks pass ids).
"""
