"""Benchmarks: speed as a ratio to a bare tool on the same input in the same run, and matching against planted truth.

Add here: a benchmark, one module each.
Stays out: assertions on times (machines are noisy), the product itself.
"""
