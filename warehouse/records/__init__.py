"""One record of the lake, by any of its identifiers, and the objections to its values.

Stays out: what is said of a record (`trace`), the steps of an objection (`registry.objections`).
"""
