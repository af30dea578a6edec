"""How a value of a record is displayed: by the release policy of its element, or in full.

Stays out: whose values (`trace.record_report`), the log of who asked (`lake.access_log`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import duckdb

from warehouse.disclosure.policy import released_value
from warehouse.disclosure.pseudonyms import RECORD_KEYS, keyed, record_keys

IN_FULL = "identified"
_TEXT_TYPE = "varchar"
_BROADER = "generalise_to_broader"


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
        self._pseudonym = None if showing.secret is None else keyed(showing.secret)
        self._policies: dict[str, str] = dict(
            connection.execute("select id, release from lake.register.element").fetchall()
        )

    def policy(self, element_id: str) -> str:
        """The policy by which a value of the element is displayed; an unknown element is dropped."""
        return IN_FULL if self.identified else self._policies.get(element_id, "drop")

    def value(self, element_id: str, value: Any, sql_type: str = _TEXT_TYPE) -> Any:
        """A value under the policy of its element; None where it is left out."""
        policy = self.policy(element_id)
        if policy == "pseudonym" and value is not None:  # nobody's to make who has no secret
            return self._pseudonym(element_id, str(value)) if self._pseudonym else None
        return self._broader(element_id, value) if policy == _BROADER else self.by_policy(policy, value, sql_type)

    def by_policy(self, policy: str, value: Any, sql_type: str = _TEXT_TYPE) -> Any:
        """A value under a policy that needs no pseudonym."""
        if value is None or policy == IN_FULL:
            return value
        type_name = sql_type.upper()
        sql = f"select {released_value('v', type_name, policy)} from (select cast(? as {type_name}) as v)"
        row = self._connection.execute(sql, [value]).fetchone()
        return row[0] if row else None

    def key(self, uid: str) -> str | None:
        """The key of a record: its uid where identifiers are displayed, else its pseudonym in a release."""
        if self.identified:
            return uid
        if self._pseudonym:
            return self._pseudonym(RECORD_KEYS, uid)
        query = f"select pseudonym from {self._record_keys} where value = ?"
        row = self._connection.execute(query, [uid]).fetchone() if self._record_keys else None
        return row[0] if row else None

    @cached_property
    def _record_keys(self) -> str | None:
        return record_keys(self._connection)

    def _broader(self, element_id: str, code: Any) -> Any:
        row = self._connection.execute(
            "select codes.broader_code from lake.register.element as elements join lake.register.code as codes "
            "using (code_set) where elements.id = ? and codes.code = ? and codes.source is null",
            [element_id, code],
        ).fetchone()
        return row[0] if row else None
