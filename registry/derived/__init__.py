"""What follows from the register on a night: who carries which element, who sends what, what refers to what.

Add here: another thing that SQL is written by, worked out once from several records of the register.
Stays out: the records themselves (`registry.model`), refusals (`registry.rules`).
"""
