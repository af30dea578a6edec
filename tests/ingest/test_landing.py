"""Landing: bytes are kept once, whole, compressed and read-only."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest

from ingest import landing
from ingest.errors import Refused


def put(tmp_path: Path, content: bytes) -> tuple[Path, str]:
    source = tmp_path / "a.csv"
    source.parent.mkdir(exist_ok=True)
    source.write_bytes(content)
    return source, landing.sha256_of(source)


def test_bytes_come_back_as_they_were(tmp_path: Path):
    content = "学校标识码\n".encode() * 100_000
    source, sha256 = put(tmp_path, content)
    kept = landing.land(source, sha256, tmp_path / "landing")
    assert kept == tmp_path / "landing" / sha256[:2] / f"{sha256}.zst"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o400
    assert kept.stat().st_size < len(content) // 100
    with pa.input_stream(str(kept), compression="zstd") as unpacked:
        assert unpacked.read() == content


def test_the_same_bytes_are_kept_once(tmp_path: Path):
    source, sha256 = put(tmp_path, b"x")
    kept = landing.land(source, sha256, tmp_path / "landing")
    first = kept.stat()
    landing.land(source, sha256, tmp_path / "landing")
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == (first.st_ino, first.st_mtime_ns)


def test_the_same_bytes_may_be_kept_by_several_threads_at_once(tmp_path: Path):
    sources = [put(tmp_path / str(n), b"x" * 10**6) for n in range(16)]
    with ThreadPoolExecutor(8) as pool:
        kept = set(pool.map(lambda found: landing.land(*found, tmp_path / "landing"), sources))
    assert [*(tmp_path / "landing").rglob("*.*")] == [*kept]


@pytest.mark.parametrize("again", [False, True])
def test_bytes_that_changed_since_they_were_found_are_not_kept_under_the_old_name(tmp_path: Path, again: bool):
    source, sha256 = put(tmp_path, b"old")
    if again:
        landing.land(source, sha256, tmp_path / "landing")
    source.write_bytes(b"new")
    with pytest.raises(Refused, match="changed while it was read"):
        landing.land(source, sha256, tmp_path / "landing")
    left = [p for p in (tmp_path / "landing").rglob("*") if p.is_file()]
    assert len(left) == int(again), "nothing is left of an attempt"
