"""An ext4 file system in a file, whose power can be cut: what was not synced is lost, as on a real disk.

It is mounted so that nothing is flushed by luck: no early allocation at a rename (`noauto_da_alloc`), names before
bytes (`data=writeback`), and no commit of the journal but those that are asked for. The machine below keeps its power,
so the file itself need not be flushed (`barrier=0`).
"""

import fcntl
import os
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN: _IOR('X', 125, __u32)
_NO_LOG_FLUSH = 2  # what the journal has not written is lost too
_OPTIONS = "loop,noauto_da_alloc,data=writeback,commit=300,barrier=0"


class Image:
    """A mounted file system."""

    def __init__(self, file: Path, root: Path) -> None:
        self._file = file
        self.root = root

    def mount(self) -> None:
        _run("mount", "-o", _OPTIONS, str(self._file), str(self.root))

    def unmount(self, *options: str) -> None:
        _run("umount", *options, str(self.root))

    def cut(self) -> None:
        """Cut the power, and start again."""
        self.shut_down()
        self.unmount()
        self.mount()

    def shut_down(self) -> None:
        """Cut the power: whoever writes gets an error from then on."""
        descriptor = os.open(self.root, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, _SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
        finally:
            os.close(descriptor)


@contextmanager
def image(folder: Path, megabytes: int) -> Iterator[Image]:
    """An empty file system in `folder`, mounted; the test is skipped where this machine cannot mount one."""
    file, root = folder / "image", folder / "mounted"
    root.mkdir()
    with file.open("wb") as empty:
        empty.truncate(megabytes << 20)
    made = Image(file, root)
    try:
        _run("mkfs.ext4", "-q", "-F", str(file))
        made.mount()
    except (OSError, subprocess.CalledProcessError) as error:
        why = (getattr(error, "stderr", None) or str(error)).strip()
        pytest.skip(f"no file system can be mounted here, so no power is cut: {why}")
    try:
        yield made
    finally:
        made.unmount("--lazy")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
