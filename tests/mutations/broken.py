"""Damage to a whole file: it is refused with one sentence, or held, or each of its rows is accounted for.

Lives here: damage to bytes, to the header, to what the file is of; each says the least that must hold.
Add here: another way in which a file is damaged.
Stays out: single rows (`harmful`).
"""

from __future__ import annotations

from random import Random

from registry.model import Feed
from tests.ingest.makers import zip_of
from tests.mutations import goods
from tests.mutations.drafts import KEYED, Draft, Mutator, draft_of
from tests.mutations.formats import content_of
from tests.mutations.written import SCHOOLS


def cut_bytes(draw: Random, d: Draft) -> bool:
    """The transfer broke off."""
    at = draw.random()
    return _accounted(d, lambda content: content[: max(1, int(len(content) * at))])


def flipped_bytes(draw: Random, d: Draft) -> bool:
    places = [(draw.random(), draw.randrange(1, 256)) for _ in range(draw.randrange(1, 9))]

    def spoil(content: bytes) -> bytes:
        found = bytearray(content)
        for share, mask in places:
            found[int(share * len(found))] ^= mask
        return bytes(found)

    return _accounted(d, spoil)


def lost_piece(draw: Random, d: Draft) -> bool:
    """A block of the disk is gone, or stands twice, or holds nothing but zeros."""
    at, size, what = draw.random(), draw.randrange(1, 600), draw.randrange(3)

    def spoil(content: bytes) -> bytes:
        start = int(at * len(content))
        piece = content[start : start + size]
        return content[:start] + [b"", piece * 2, b"\0" * len(piece)][what] + content[start + size :]

    return _accounted(d, spoil)


def more_at_the_end(draw: Random, d: Draft) -> bool:
    more = draw.choice([b"\0" * 64, b"<html>502 Bad Gateway</html>", draw.randbytes(200), b"\x1a", b'"', b"\n\n\n"])
    return _accounted(d, lambda content: content + more)


def noise(draw: Random, d: Draft) -> bool:
    content = draw.randbytes(draw.randrange(1, 4000))
    return _accounted(d, lambda _: content)


def noise_in_text(draw: Random, d: Draft) -> bool:
    """Signs that no table has, in the middle of one."""
    if d.form not in ("csv", "json", "jsonl"):
        return False
    signs, at = (
        draw.choice(['"', "\0", "\r", '""', "\n", "\x1b[31m", "{", "\ufffd", "', '", "\\", "<br>"]),
        draw.random(),
    )

    def spoil(content: bytes) -> bytes:
        text = content.decode(d.encoding, "replace")
        place = int(at * len(text))
        return (text[:place] + signs + text[place:]).encode(d.encoding, "replace")

    return _accounted(d, spoil)


def empty(draw: Random, d: Draft) -> bool:
    return _refused(d, draw.choice([b"", b"\xef\xbb\xbf", b"\r\n\r\n", b"   "]))


def other_kind(draw: Random, d: Draft) -> bool:
    """Not a table at all, whatever its name says."""
    return _refused(d, draw.choice([
        b"%PDF-1.7\n%\xe2\xe3", b"Rar!\x1a\x07\x00abc", b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
        b"<?xml version='1.0'?><rows/>", "<html><body>请先登录</body></html>".encode(), b"{}", b"[]", b"null",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"PK\x03\x04" + b"\0" * 60, b"error: permission denied\n",
    ]))  # fmt: skip


def zip_in_zip(draw: Random, d: Draft) -> bool:
    inner = zip_of({"内.csv": "a,b\n1,2\n"})
    d.packed = d.packed or "外.zip"
    return _refused(d, zip_of({"a/内.zip": inner}))


def cut_zip(draw: Random, d: Draft) -> bool:
    d.packed, share = d.packed or "data.csv", 0.1 + 0.8 * draw.random()
    return _accounted(d, lambda content: content[: int(share * len(content))])


def header_alone(draw: Random, d: Draft) -> bool:
    if d.form in KEYED:
        return False
    d.lines = []
    d.promise = "accounted"
    return True


def no_header(draw: Random, d: Draft) -> bool:
    """A required column without its name, or the table without its header."""
    required = [n for n, c in enumerate(d.columns) if c and c.required]
    if not required or d.below_header or d.feed.layouts:
        return False
    d.headers[draw.choice(required)] = (
        draw.choice(["", "未命名列", "列1"]) if d.form not in KEYED else "未命名列"
    )
    d.promise = "refused"
    return True


def swapped_headers(draw: Random, d: Draft) -> bool:
    """Two columns under each other's names."""
    if d.below_header or len(d.headers) < 2:
        return False
    a, b = draw.sample(range(len(d.headers)), 2)
    d.headers[a], d.headers[b] = d.headers[b], d.headers[a]
    d.promise = "accounted"
    return True


def header_again(draw: Random, d: Draft) -> bool:
    """The header stands again among the rows, as on the second page of a print."""
    if d.form in KEYED:
        return False
    line = draft_of(d.good, d.register).lines[0]
    line.cells, line.fate = list(d.headers), "gone"
    d.lines.insert(draw.randrange(1, len(d.lines)), line)
    return True


def other_feed(draw: Random, d: Draft) -> bool:
    """The file of another feed in this feed's place."""
    required = [set(c.headers) for c in d.feed.columns if c.required]
    others = [f for f in d.register.feeds if any(not headers & _headers(f) for headers in required)]
    if not others or d.feed.layouts:
        return False
    other = draw.choice(others)
    made = draft_of(goods.goods(other, d.register, 1, seed=7)[0], d.register, d.form)
    return _refused(d, content_of(made))


def other_school(draw: Random, d: Draft) -> bool:
    """A school's file in another's place."""
    n = d.place(d.feed.slice.column or "")
    column = d.columns[n] if n >= 0 else None
    if column is None or d.good.scope is None or column.type != "school_code":
        return False
    other = draw.choice([s for s in SCHOOLS if s != d.good.scope])
    for line in d.lines:
        if len(line.cells) > n and line.cells[n]:
            line.cells[n] = other
    d.promise = "refused"
    return True


def half_transposed(draw: Random, d: Draft) -> bool:
    """Rows become columns."""
    if d.form in KEYED:
        return False
    rows = [d.headers, *(line.cells for line in d.lines if len(line.cells) == len(d.headers))]
    turned = [list(column) for column in zip(*rows, strict=True)]
    d.headers, d.lines = [str(c) for c in turned[0]], []
    d.columns = [None] * len(d.headers)
    d.below_header = turned[1:]
    d.promise = "accounted"
    return True


def _headers(feed: Feed) -> set[str]:
    return {header for column in feed.columns for header in column.headers}


def _accounted(d: Draft, spoil: object) -> bool:
    d.spoil.append(spoil)  # type: ignore[arg-type]
    d.promise = "accounted"
    return True


def _refused(d: Draft, content: bytes) -> bool:
    d.spoil.append(lambda _: content)
    d.promise = "refused"
    return True


ALL: tuple[Mutator, ...] = (
    cut_bytes, cut_bytes, flipped_bytes, flipped_bytes, lost_piece, more_at_the_end, noise, noise_in_text,
    noise_in_text, empty, other_kind, zip_in_zip, cut_zip, header_alone, no_header, swapped_headers, header_again,
    other_feed, other_school, half_transposed,
)  # fmt: skip
