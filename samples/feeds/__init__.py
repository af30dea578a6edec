"""How each feed looks: columns, headers and heads of its files, in the layouts of the real platforms.

Lives here: one module per feed, or for two that look alike.
Add here: another feed.
Stays out: what is wrong in it (`planted`), when it is sent (`sending`).
"""
