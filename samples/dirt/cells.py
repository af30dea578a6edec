"""Alternative forms of a value that mean the same: dates, numbers, names, options, flags.

Add here: another form.
Stays out: values that mean something else (`planted`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np

from samples.world.pools import MIDDLE_DOT
from samples.world.strings import Ints

SHARE = 0.03  # of the cells of a column
Table = list[list[str | None]]
Form = Callable[[str], str]

_WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_DATES = frozenset({"birth_date"})
_NUMBERS = frozenset({"student_number", "id_number", "member1_id_number", "member2_id_number", "phone", "school_code",
                      "class_code", "staff_number", "adviser_number", "record_id", "uscc"})  # fmt: skip
_OPTIONS = frozenset({"sex", "boarding", "disability", "left_behind", "urban_rural", "type_code", "degree"})
_NAMES = frozenset({"name", "student_name", "adviser_name", "principal"})
_TEXTS = frozenset({"residence", "mail_address", "title", "native_place", "remark"})
_TIMES = frozenset({"assigned_at", "published_at", "due_at", "submitted_at", "marked_at", "returned_at"})
_FLAGS = frozenset({"only_child", "preschool", "school_bus", "backbone", "permanent"})


def _serial(value: str) -> str:
    return str((date(int(value[:4]), int(value[4:6]), int(value[6:])) - date(1899, 12, 30)).days)


DATE_FORMS: tuple[Form, ...] = (
    lambda v: v,
    lambda v: f"{v[:4]}-{int(v[4:6])}-{int(v[6:])}",
    lambda v: f"{v[:4]}.{v[4:6]}.{v[6:]}",
    lambda v: f"{v[:4]}/{v[4:6]}/{v[6:]}",
    lambda v: f"{v[:4]}年{int(v[4:6])}月{int(v[6:])}日",
    lambda v: f"{v[:4]}-{v[4:6]}-{v[6:]} 00:00:00",
    _serial,
    lambda v: v.translate(_WIDE),
)
_NUMBER_FORMS: tuple[Form, ...] = (
    lambda v: f"'{v}",
    lambda v: v.translate(_WIDE),
    lambda v: f"{v}\u00a0",
    lambda v: f" {v}_x000D_",
    lambda v: f"\u200b{v}\t",
)
_NAME_FORMS: tuple[Form, ...] = (
    lambda v: f"{v[0]} {v[1:]}" if MIDDLE_DOT not in v else v.replace(MIDDLE_DOT, "．"),
    lambda v: f"{v}\u3000" if MIDDLE_DOT not in v else v.replace(MIDDLE_DOT, "•"),
    lambda v: f"\ufeff{v}_x000D_" if MIDDLE_DOT not in v else v.replace(MIDDLE_DOT, "・"),
)
_TEXT_FORMS: tuple[Form, ...] = (lambda v: f"{v}_x000D_", lambda v: f"\u00a0{v}", lambda v: v.translate(_WIDE))
_TIME_FORMS: tuple[Form, ...] = (
    lambda v: v.replace("-", "/"),
    lambda v: f"{v[:4]}年{int(v[5:7])}月{int(v[8:10])}日 {v[11:]}",
    lambda v: v[:16],
    lambda v: f"{v.replace(' ', 'T')}+08:00",
)
_OPTION_FORMS: tuple[Form, ...] = (  # a bare code has no name that a number could stand before
    lambda v: f"{v}\u3000" if v.isdigit() else f"1-{v}",
    lambda v: f"{v}\u00a0" if v.isdigit() else f"01、{v}",
    lambda v: f"{v}\u3000",
)
_FLAG_FORMS: tuple[Form, ...] = (lambda v: "1" if v == "是" else "0", lambda v: "Y" if v == "是" else "N")
_FORMS = (
    (_NUMBERS, _NUMBER_FORMS), (_NAMES, _NAME_FORMS), (_TEXTS, _TEXT_FORMS), (_TIMES, _TIME_FORMS),
    (_OPTIONS, _OPTION_FORMS), (_FLAGS, _FLAG_FORMS),
)  # fmt: skip


def vary_cells(
    rng: np.random.Generator, names: Sequence[str], table: Table, fixed_rows: frozenset[int], dates: int
) -> None:
    """Rewrite a share of the values in other forms, except in `fixed_rows`; dates all in one form."""
    free = np.array([n for n in range(len(table)) if n not in fixed_rows], np.int64)
    for place, name in enumerate(names):
        if name in _DATES:
            _write(table, place, free, DATE_FORMS[dates : dates + 1])
        for columns, forms in _FORMS:
            if name in columns and len(free):
                _write(table, place, rng.choice(free, max(1, round(len(free) * SHARE)), replace=False), forms)


def _write(table: Table, place: int, rows: Ints, forms: Sequence[Form]) -> None:
    for row in rows.tolist():
        value = table[row][place]
        if value:
            table[row][place] = forms[row % len(forms)](value)
