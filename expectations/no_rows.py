"""GX's expectation that a query finds no rows, without fetching them.

Stays out: which queries (`kinds`). Imported where a suite runs, since GX takes a second to import.

GX's own runs each query twice: it counts the rows, and then fetches the first, which `BOOLEAN_ONLY` throws away.
"""

from __future__ import annotations

from typing import Any, ClassVar

import great_expectations.expectations as gxe

_COUNT = "unexpected_rows_query.row_count"


class NoRows(gxe.UnexpectedRowsExpectation):
    """GX's verdict on the number of rows alone."""

    metric_dependencies: ClassVar[tuple[str, ...]] = (_COUNT,)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,  # noqa: ARG002 (as GX calls it)
        execution_engine: Any = None,  # noqa: ARG002 (as GX calls it)
    ) -> dict[str, Any]:
        return {"success": metrics[_COUNT] == 0}
