"""Writing an odd file, and entering in the truth what of it must arrive, wait or be listed.

Add here: another list of the truth that odd files have lines in.
Stays out: the forms (`rosters`, `score_sheets`, `lists`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath

import numpy as np

from samples.files.accounts import Night, record_flaws
from samples.files.rows import Content
from samples.odd.draft import Draft, Notice, OddFile
from samples.truth.records import BadRow, FileAccount, Hold, Standing, Unread


def enter(night: Night, kind: str, draft: Draft, content: Content, odd: OddFile) -> None:
    """Write the file into tonight's folder, and everything that is planted with it."""
    path = odd.path or PurePosixPath(draft.book.path).with_suffix(odd.suffix).as_posix()
    book = replace(draft.book, path=path)
    for place, data, _ in ((path, odd.content, 0), *odd.beside):
        target = night.folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    if odd.status == "refused":
        _enter_refused(night, kind, book.feed, path, odd)
    else:
        _enter_rows(night, kind, draft, content, odd, path)
    night.standing += [
        Standing(night.number, kind, book.feed, book.slice, key, column, value) for key, column, value in odd.standing
    ]
    night.unread += [
        Unread(night.number, kind, book.feed, book.slice, n.column, n.values, n.nearest)
        for n in odd.notices
        if n.values
    ]
    if odd.status == "held":
        night.holds.append(Hold(night.number, kind, book.feed, book.slice, odd.says))


def _enter_refused(night: Night, kind: str, feed: str, path: str, odd: OddFile) -> None:
    account = FileAccount(
        night.number, feed, path, "", 0, None, None, None, None, hashlib.sha256(odd.content).hexdigest(),
        odd.members[0][0], None, "refused", f"odd {kind}",
    )  # fmt: skip
    night.accounts.append(account)


def _enter_rows(night: Night, kind: str, draft: Draft, content: Content, odd: OddFile, path: str) -> None:
    book = replace(draft.book, path=path)
    fate = record_flaws(night, [book], content, np.array(odd.row_number))[0]
    night.bad_rows += _notices(night, kind, draft, odd, path)
    rows = {n.line for n in odd.notices if n.severity == "row"}
    quarantined, held = fate["row"] + len(rows), odd.status == "held"
    digest = hashlib.sha256(odd.content).hexdigest()
    for place, (member, count) in enumerate(odd.members):
        skipped = dict(odd.skipped) | {"duplicate_row": fate["skip"]} if place == 0 else {}
        if odd.blank and odd.blank[place]:
            skipped["blank"] = odd.blank[place]
        lost = quarantined + fate["skip"] if place == 0 else 0
        night.accounts.append(
            FileAccount(
                night=night.number, feed=book.feed, file_name=path, slice=book.slice, rows_before=odd.rows_before,
                rows_read=count + sum(n for reason, n in skipped.items() if reason != "duplicate_row"),
                rows_loaded=0 if held else count - lost, rows_quarantined=quarantined if place == 0 else 0,
                skipped={k: v for k, v in skipped.items() if v}, sha256=digest, member=member,
                rows_held=count - lost if held else 0, status=odd.status, dirt=f"odd {kind}",
            )
        )  # fmt: skip
    for beside, data, count in odd.beside:
        night.accounts.append(
            FileAccount(
                night.number, book.feed, beside, book.slice, odd.rows_before, count, 0, 0, {},
                hashlib.sha256(data).hexdigest(), "", count, odd.status, f"odd {kind}",
            )
        )  # fmt: skip
    for name, count, reason in odd.others:
        night.accounts.append(
            FileAccount(
                night.number, book.feed, path, book.slice, 0, count, 0, 0, {reason: count} if count else {}, digest,
                name, 0, "loaded", f"odd {kind}",
            )
        )  # fmt: skip


def _notices(night: Night, kind: str, draft: Draft, odd: OddFile, path: str) -> Iterable[BadRow]:
    for place, notice in enumerate(odd.notices):
        yield BadRow(
            bad_id=f"{kind}:{draft.turn}:{place}",
            night=night.number,
            feed=draft.book.feed,
            file_name=path,
            slice=draft.book.slice,
            row_number=_row(notice, odd),
            row_key=notice.row_key or (draft.keys[notice.line] if notice.line is not None else ""),
            rule=notice.rule,
            severity=notice.severity,
            column_name=notice.column,
            value=notice.value,
            mended=None,
            candidate=notice.nearest,
        )


def _row(notice: Notice, odd: OddFile) -> int:
    return odd.row_number[notice.line] if notice.line is not None else odd.rows_before
