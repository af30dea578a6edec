"""One record of the lake, found by any of its identifiers, and disputed values.

Stays out: what is reported of a record (`trace`), the steps of an objection (`registry.objections`).
"""
