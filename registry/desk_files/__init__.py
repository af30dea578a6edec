"""Single files beside a register that a person's verbs read or write: objections, lifted holds, indicators on trial.

Stays out: reading a register (`registry.loader`), what its records may say (`registry.rules`).
"""
