"""What a program does with files, as strace saw it: which names it gives before their bytes are on the disk.

A line of strace (`-f -y`) is a call with the paths of its files. Content is dirty from a write until the file is
synced, a name from its making until its folder is. A sync of the catalog is a commit: DuckDB syncs it with each.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

_CALLS = (
    "openat,write,pwrite64,writev,pwritev,ftruncate,copy_file_range,sendfile,fsync,fdatasync,rename,renameat,renameat2,"
    "link,linkat,unlink,unlinkat,mkdir,mkdirat,symlink,symlinkat"
)
_LINE = re.compile(r"(\d+)\s+(\w+)\((.*?)(\) += (-?\d+).*| <unfinished \.\.\.>)$")
_RESUMED = re.compile(r"(\d+)\s+<\.\.\. (\w+) resumed>.*\) += (-?\d+)")
_OPEN_FILE = re.compile(r"\d+<([^>]*)>")
_PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')


class Trace:
    """The dirty files and folders of a program, and what it did too early."""

    def __init__(self, lake: Path) -> None:
        self._catalog, self._data = f"{lake}/restricted/catalog.ducklake", f"{lake}/restricted/data/"
        self._begun: dict[str, tuple[str, str]] = {}
        self.dirty: set[str] = set()
        self.unsynced: dict[str, set[str]] = {}  # folder -> names
        self.early: list[str] = []
        self.commits = 0

    def read(self, lines: Sequence[str]) -> None:
        for line in lines:
            if resumed := _RESUMED.match(line):
                process, call, result = resumed.groups()
                begun = self._begun.pop(process, None)
                if begun and begun[0] == call and int(result) >= 0:
                    self._done(*begun)
            elif called := _LINE.match(line):
                process, call, arguments, _, result = called.groups()
                if result is None:
                    self._begun[process] = (call, arguments)
                elif int(result) >= 0:
                    self._done(call, arguments)

    def _done(self, call: str, arguments: str) -> None:
        files, paths = _OPEN_FILE.findall(arguments), _PATH.findall(arguments)
        if call in ("fsync", "fdatasync"):
            self._sync(files[0])
        elif call == "openat":
            self._open(paths[0], arguments)
        elif call in ("copy_file_range",):
            self.dirty.add(files[1])
        elif call in ("write", "pwrite64", "writev", "pwritev", "ftruncate", "sendfile"):
            self.dirty.update(file for file in files[:1] if file.startswith("/"))
        elif call.startswith("unlink"):
            self.dirty.discard(paths[0])
            self.unsynced.get(_folder(paths[0]), set()).discard(paths[0])
        elif call.startswith(("rename", "link")):
            self._name(*paths[:2], moved=call.startswith("rename"))
        elif call.startswith(("mkdir", "symlink")):
            self._new(paths[-1])

    def _open(self, path: str, arguments: str) -> None:
        if "O_CREAT" in arguments and path not in self.dirty and "O_RDONLY" not in arguments:
            self.dirty.add(path)
            self._new(path)

    def _new(self, path: str) -> None:
        self.unsynced.setdefault(_folder(path), set()).add(path)

    def _name(self, source: str, target: str, *, moved: bool) -> None:
        late = [path for path in self.dirty if path == source or path.startswith(f"{source}/")]
        self.early += [f"{path} as {target}" for path in late]
        if moved:
            self.dirty.difference_update(late)
            self.unsynced.get(_folder(source), set()).discard(source)
        self._new(target)

    def _sync(self, path: str) -> None:
        if path.startswith(self._catalog):
            self.commits += 1
            self.early += [f"{path} in a commit" for path in self.dirty if path.startswith(self._data)]
            self.early += [
                f"{name} in a commit, its folder unsynced"
                for names in self.unsynced.values()
                for name in names
                if name.startswith(self._data)
            ]
        self.dirty.discard(path)
        self.unsynced.pop(path, None)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def run(command: Sequence[str], environment: Mapping[str, str], log: Path, lake: Path) -> Trace:
    """Run a command that must succeed; the test is skipped where strace is missing or may not trace."""
    strace = shutil.which("strace")
    if strace is None or subprocess.run([strace, "-o", os.devnull, "true"], check=False).returncode:
        pytest.skip("strace is missing or may not trace here")
    what = ["-s", "0", "-e", f"trace={_CALLS}", "-e", "signal=none"]
    options = ["-f", "-y", "-qq", "--seccomp-bpf", *what, "-o", str(log)]
    done = subprocess.run([strace, *options, *command], check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    trace = Trace(lake)
    trace.read(log.read_text(errors="replace").splitlines())
    return trace
