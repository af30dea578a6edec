"""Products of a long matrix, in blocks of rows so small that one thread makes each: the sums are added in one order.

Lives here: what a regression multiplies. With as many threads as the machine has a sum would depend on the machine, and
on one with other work the threads wait for each other longer than they work.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_CELLS = 8_192  # of a block; OpenBLAS shares out a product with a vector from 9,216 on


def by_row(matrix: Floats, vector: Floats) -> Floats:
    """Matrix @ vector: one figure a row."""
    blocks, rest = _blocks(matrix)
    return np.concatenate([(blocks @ vector).reshape(-1), rest @ vector])


def by_column(matrix: Floats, vector: Floats) -> Floats:
    """The transposed matrix @ vector: one figure a column."""
    blocks, rest = _blocks(matrix)
    head, tail = vector[: len(vector) - len(rest)], vector[len(vector) - len(rest) :]
    parts = head.reshape(blocks.shape[0], 1, blocks.shape[1]) @ blocks
    return np.asarray(parts.sum(axis=(0, 1)) + tail @ rest)


def squares(matrix: Floats, weights: Floats) -> Floats:
    """The transposed matrix @ diag(weights) @ matrix: columns x columns."""
    blocks, rest = _blocks(matrix)
    other_blocks, other_rest = _blocks(matrix * weights[:, None])
    return np.asarray((blocks.transpose(0, 2, 1) @ other_blocks).sum(axis=0) + rest.T @ other_rest)


def _blocks(matrix: Floats) -> tuple[Floats, Floats]:
    """Full blocks as one array of three dimensions, and the rows that are left; views, where rows lie in order."""
    rows, columns = matrix.shape
    size = max(1, _CELLS // max(columns, 1))
    whole = rows - rows % size
    return matrix[:whole].reshape(-1, size, columns), matrix[whole:]
