"""What a delivered file is by its bytes, and what is packed inside it.

Stays out: which feed a member belongs to (`finding`), the rows inside (`readers`).
"""
