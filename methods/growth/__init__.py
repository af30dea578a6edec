"""GROWTH: where a pupil's score stands among pupils who came from the same scores, from a long table of scores.

Lives here: what a row needs to count (`score_rows`), which scores came before (`histories`), the percentile of one
cohort (`student_growth`, `conditional`), and which of them a row is given (`percentiles`).
Stays out: quantile regression itself (`methods.quantiles`); which exams are a series (`registry`).
"""
