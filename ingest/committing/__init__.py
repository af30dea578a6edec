"""Bringing a night into the lake: raw rows, problems over time, and the tables of what arrived.

Stays out: which slices wait (`guard`), checking rows (`contract`).
"""
