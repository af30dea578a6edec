"""Which files have arrived, and of which feed and slice each one is.

Stays out: the bytes inside a file (`archives`, `decoding`, `readers`).
"""
