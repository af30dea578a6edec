"""What a night costs: measured step by step, kept as a table a night, and how far a running night has come.

Stays out: what nights need of the disk (`warehouse.lake.disk_use`), showing it (`shuyuan.profile`, `shuyuan.progress`).
"""
