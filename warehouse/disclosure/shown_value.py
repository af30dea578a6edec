"""How a value may be shown: as its element may be released, or in full where that was asked for.

Lives here: one value at a time, and the key of a record.
Stays out: whose values (`record_report`), the log of who asked (`access_log`).
"""

from __future__ import annotations

from typing import Any

import duckdb

from warehouse.disclosure.policy import released_value
from warehouse.disclosure.pseudonyms import TABLE, hmac_sm3

IN_FULL = "identified"
_OF_TEXT = "varchar"


class Shown:
    """Shows values of the lake of one connection."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, *, identified: bool = False, secret: bytes | None = None
    ) -> None:
        self.identified = identified
        self._connection = connection
        self._pseudonym = hmac_sm3(secret) if secret else None
        self._policies: dict[str, str] = dict(
            connection.execute("select id, release from lake.register.element").fetchall()
        )

    def policy(self, element_id: str) -> str:
        """The rule by which a value of the element is shown; of an unknown element nothing is."""
        return IN_FULL if self.identified else self._policies.get(element_id, "drop")

    def value(self, element_id: str, value: Any, sql_type: str = _OF_TEXT) -> Any:
        """A value of an element as its rule shows it; None where it is left out."""
        return self.by_policy(self.policy(element_id), value, sql_type)

    def by_policy(self, policy: str, value: Any, sql_type: str = _OF_TEXT) -> Any:
        """A value as a rule shows it."""
        if value is None or policy == IN_FULL:
            return value
        if policy == "pseudonym":
            return self._hidden(str(value))
        kind = sql_type.upper()
        sql = f"select {released_value('v', kind, policy)} from (select cast(? as {kind}) as v)"
        row = self._connection.execute(sql, [value]).fetchone()
        return row[0] if row else None

    def key(self, uid: str) -> str | None:
        """The key of a record: its uid where identifiers are shown, else what stands for it in a release."""
        return uid if self.identified else self._hidden(uid)

    def _hidden(self, text: str) -> str | None:
        if self._pseudonym is not None:
            return self._pseudonym(text)
        try:
            row = self._connection.execute(f"select pseudonym from {TABLE} where value = ?", [text]).fetchone()
        except duckdb.CatalogException:  # no release was ever made
            return None
        return row[0] if row else None
