"""QUANTILE REGRESSION: exact fits at many quantiles of the same rows (`regression`), in numpy.

Stays out: what is regressed on what.
"""
