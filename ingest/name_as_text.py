r"""The name of a file as text that a person reads and every table, log and workbook can hold; on the disk it is bytes.

UTF-8, else GB18030, as archivers and shares of Windows write Chinese names; what is neither, and what nobody sees, is
shown by its number (`\xff`, `\x0a`), and such a file is refused: nobody could say which name it has.
Stays out: the encoding of names inside a zip (`ingest.archives.zip_files`).
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath, PurePosixPath

_ENCODINGS = ("utf-8", "gb18030")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_DAMAGED = re.compile(r"\ufffd|\\x[0-9a-f]{2}|\\u20[0-9a-f]{2}")


def path_as_text(path: PurePath) -> PurePosixPath:
    """A path below the inbox as text, with `/` between its parts."""
    return PurePosixPath(*(_text(os.fsencode(part)) for part in path.parts))


def without_controls(name: str) -> str:
    """A name with line breaks and other controls shown by their numbers."""
    return _CONTROL.sub(_number, name)


def is_damaged(path: PurePosixPath) -> bool:
    """Whether a path as text is not the whole of its names: a part of them is shown by its number."""
    return _DAMAGED.search(str(path)) is not None


def is_utf8(path: str) -> bool:
    """Whether a path is UTF-8 on the disk; bytes of another encoding Python keeps as what cannot be encoded."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def readable_in(path: Path, folder: Path) -> Path:
    """The path, or a link in `folder` where its names are not UTF-8: readers in other languages open nothing else."""
    if is_utf8(str(path)):
        return path
    link = folder / hashlib.sha256(os.fsencode(path)).hexdigest()
    link.symlink_to(path.absolute())
    return link


@contextmanager
def readable(path: Path) -> Iterator[Path]:
    """The same for a block, with a folder of its own where it needs one."""
    if is_utf8(str(path)):
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        yield readable_in(path, Path(folder))


def _text(name: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return without_controls(name.decode(encoding))
        except UnicodeDecodeError:
            continue
    return without_controls(name.decode("utf-8", "backslashreplace"))


def _number(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
