"""Speed against the limit and the peers, side by side in one run.

Lives here: what is measured, each as a ratio to a bare tool that does the least that could be done.
Add here: a measurement, one module each, that gives `Ratio`s.
Stays out: assertions on times (machines are noisy), the product itself.
"""
