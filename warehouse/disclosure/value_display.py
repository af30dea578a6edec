"""How a value of a record is displayed: by the release policy of its element, or in full.

Stays out: whose values (`trace.record_report`), the log of who asked (`lake.access_log`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.disclosure.policy import released_value
from warehouse.disclosure.pseudonyms import PSEUDONYM_TABLE, hmac_sm3

IN_FULL = "identified"
_TEXT_TYPE = "varchar"


@dataclass(frozen=True)
class Showing:
    """How a person asks to see records. `identified`: in full, which the access log says; `secret`: makes pseudonyms
    that no release has needed yet; `limit`: rows of a list that are shown (0: all), the others are counted.
    """

    identified: bool = False
    secret: bytes | None = None
    limit: int = 0


IN_PART = Showing()  # nobody in full, whole lists


class ValueDisplay:
    """Displays values of the lake of one connection; with `identified` in full."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, showing: Showing) -> None:
        self.identified, self.limit = showing.identified, showing.limit or None
        self._connection = connection
        self._pseudonym = hmac_sm3(showing.secret) if showing.secret else None
        self._policies: dict[str, str] = dict(
            connection.execute("select id, release from lake.register.element").fetchall()
        )

    def policy(self, element_id: str) -> str:
        """The policy by which a value of the element is displayed; an unknown element is dropped."""
        return IN_FULL if self.identified else self._policies.get(element_id, "drop")

    def value(self, element_id: str, value: Any, sql_type: str = _TEXT_TYPE) -> Any:
        """A value under the policy of its element; None where it is left out."""
        return self.by_policy(self.policy(element_id), value, sql_type)

    def by_policy(self, policy: str, value: Any, sql_type: str = _TEXT_TYPE) -> Any:
        """A value under a policy."""
        if value is None or policy == IN_FULL:
            return value
        if policy == "pseudonym":
            return self._pseudonym_of(str(value))
        type_name = sql_type.upper()
        sql = f"select {released_value('v', type_name, policy)} from (select cast(? as {type_name}) as v)"
        row = self._connection.execute(sql, [value]).fetchone()
        return row[0] if row else None

    def key(self, uid: str) -> str | None:
        """The key of a record: its uid where identifiers are displayed, else its pseudonym in a release."""
        return uid if self.identified else self._pseudonym_of(uid)

    def _pseudonym_of(self, text: str) -> str | None:
        if self._pseudonym is not None:
            return self._pseudonym(text)
        try:
            row = self._connection.execute(
                f"select pseudonym from {PSEUDONYM_TABLE} where value = ?", [text]
            ).fetchone()
        except duckdb.CatalogException:  # no release was made yet
            return None
        return row[0] if row else None
