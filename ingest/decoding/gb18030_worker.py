"""Runs on its own in a process of `gb18030_pool`: spans of a file, decoded strictly, to standard output.

Lives here: decoding, with nothing but the standard library, so that the process starts at once.
Stays out: cutting the file (`gb18030_pool`).

Arguments: path, codec, spans `start-end,…`. Each span comes as its length (8 bytes) and its UTF-8; -1 is an
error.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path


def main(path: str, codec: str, spans: str) -> None:
    """Decode the spans in order, and stop at the first that is not of the codec."""
    out = sys.stdout.buffer
    with Path(path).open("rb") as file:
        for span in spans.split(","):
            start, end = (int(place) for place in span.split("-"))
            file.seek(start)
            try:
                text = file.read(end - start).decode(codec).encode()
            except UnicodeError:
                out.write(struct.pack("<q", -1))
                return
            out.write(struct.pack("<q", len(text)))
            out.write(text)
            out.flush()


if __name__ == "__main__":
    main(*sys.argv[1:4])
