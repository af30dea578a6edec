"""Backups of a lake: whole trees beside each other, each as the lake was, that share the files which have not changed.

Stays out: when a backup is made (`shuyuan`), whether a lake is sound (`integrity`), the secret, which lies outside.
"""

from warehouse.backup.making import Backup, make
from warehouse.backup.restoring import restore

__all__ = ["Backup", "make", "restore"]
