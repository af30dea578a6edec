"""Worker process of `ingest.decoding.gb18030_pool`: decodes spans of a file to standard output, damaged
characters as U+FFFD.

Imports only the standard library, so that the process starts at once.

Arguments: path, codec, spans `start-end,…`. Each span is written as its length (8 bytes) and its UTF-8.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path


def main(path: str, codec: str, spans: str) -> None:
    """Decode the spans in order."""
    out = sys.stdout.buffer
    with Path(path).open("rb") as file:
        for span in spans.split(","):
            start, end = (int(offset) for offset in span.split("-"))
            file.seek(start)
            text = file.read(end - start).decode(codec, "replace").encode()
            out.write(struct.pack("<q", len(text)))
            out.write(text)
            out.flush()


if __name__ == "__main__":
    main(*sys.argv[1:4])
