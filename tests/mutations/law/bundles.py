"""Bundles of a standard, mutated: every member is read, passed over by name, or spoken of; none waits in silence.

Lives here: a zip (or a folder) of all files of a register's feeds with its manifest, in the dialects of vendors.
Add here: another dialect.
Stays out: files on their own (`members`).
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.ingest.makers import zip_of
from tests.mutations.law.delivered import Delivered, delivered_of
from tests.mutations.law.lawful import LawMutant, _tonight
from tests.mutations.town import Exports

Files = dict[str, bytes]  # names inside the bundle
Dialect = Callable[[Random, dict[str, Delivered], Files], Files]
_OTHERS = ("lineItems.csv", "results.csv", "categories.csv")


def _manifest(drafts: dict[str, Delivered], changes: dict[str, str] | None = None) -> list[list[str]]:
    said = {d.feed.manifest: "bulk" for d in drafts.values() if d.feed.manifest} | (changes or {})
    return [
        ["propertyName", "value"],
        ["manifest.version", "1.0"],
        ["oneroster.version", "1.2"],
        *map(list, said.items()),
    ]


def _csv(rows: list[list[str]]) -> bytes:
    return "".join(",".join(row) + "\r\n" for row in rows).encode()


def plain(draw: Random, drafts: dict[str, Delivered], files: Files) -> Files:
    return files


def in_a_folder(draw: Random, drafts: dict[str, Delivered], files: Files) -> Files:
    folder = draw.choice(["export/", "OneRoster 2025/", "a/b/", "导出\\", "x\\y\\"])
    return {f"{folder}{name}": content for name, content in files.items()}


def capitals(draw: Random, drafts: dict[str, Delivered], files: Files) -> Files:
    """Names of files in other letters."""
    form = draw.choice([str.upper, str.title, str.capitalize])
    return {form(name.removesuffix(".csv")) + draw.choice([".csv", ".CSV"]): c for name, c in files.items()}


def manifest_in_capitals(draw: Random, drafts: dict[str, Delivered], files: Files) -> Files:
    """The manifest with other letters, marks and blanks."""
    if "manifest.csv" not in files:
        return files
    text = files["manifest.csv"].decode()
    forms: list[Callable[[str], str]] = [
        str.upper, str.lower, lambda t: "\ufeff" + t, lambda t: t.replace(",", " , "),
        lambda t: t.replace("bulk", "Bulk"),
        lambda t: "".join(f'"{k}","{v}"\n' for k, v in (line.split(",") for line in t.split())),
        lambda t: t.replace("\r\n", "\n"), lambda t: t + "source.systemName,Quux\r\nsource.systemCode,77\r\n",
    ]  # fmt: skip
    return files | {"manifest.csv": draw.choice(forms)(text).encode()}


def with_the_gradebook(draw: Random, drafts: dict[str, Delivered], files: Files) -> Files:
    """Members that the standard has and the register does not need."""
    passed = [name for s in next(iter(drafts.values())).register.sources for name in s.passes_over]
    return files | dict.fromkeys(draw.sample(passed, min(3, len(passed))), b"sourcedId,status\r\n1,active\r\n")


def with_marks(draw: Random, drafts: dict[str, Delivered], files: Files) -> Files:
    return {name: b"\xef\xbb\xbf" + content for name, content in files.items()}


def in_utf_16(draw: Random, drafts: dict[str, Delivered], files: Files) -> Files:
    return {name: c if name == "manifest.csv" else c.decode().encode("utf-16") for name, c in files.items()}


def without_a_manifest(draw: Random, drafts: dict[str, Delivered], files: Files) -> Files:
    for d in drafts.values():
        d.uncertain()
    return {name: content for name, content in files.items() if name != "manifest.csv"}


def lacking_a_member(draw: Random, drafts: dict[str, Delivered], files: Files) -> Files:
    """A file that the manifest names is not there."""
    gone = draw.choice(sorted(drafts))
    for d in drafts.values():
        d.uncertain()
    drafts[gone].lines, drafts[gone].is_missing = [], True
    return {name: content for name, content in files.items() if name != gone}


def archive_in_archive(draw: Random, drafts: dict[str, Delivered], files: Files) -> Files:
    for d in drafts.values():
        d.uncertain()
    return {"bundle.zip": zip_of(dict(files))}


def a_stranger(draw: Random, drafts: dict[str, Delivered], files: Files) -> Files:
    """A member that nobody knows: the others are read all the same, or the sentence names it."""
    for d in drafts.values():
        d.uncertain("behaviour", "notes")
    return files | draw.choice([{"behaviour.csv": b"a,b\r\n1,2\r\n"}, {"notes.txt": b"hello"}])


ALL: tuple[Dialect, ...] = (
    plain, in_a_folder, capitals, manifest_in_capitals, with_the_gradebook, with_marks, in_utf_16, without_a_manifest,
    lacking_a_member, archive_in_archive, a_stranger,
)  # fmt: skip


def bundle(exports: Exports, seed: int) -> list[LawMutant]:
    """Tonight's bundle of all feeds of a register, a mutant for each feed in it; some lie in a folder, in no zip."""
    draw = Random(f"bundle {seed}")
    drafts: dict[str, Delivered] = {}
    for found in exports.goods.values():
        d = delivered_of(found[0], exports.register, "csv")
        name = next((m for m in d.feed.members if m not in drafts), None)
        if name is None:
            continue
        _tonight(draw, d)
        drafts[name] = d
    files = {name: next(iter(d.files().values())) for name, d in drafts.items()}
    if any(d.feed.manifest for d in drafts.values()):
        files["manifest.csv"] = _csv(_manifest(drafts))
    dialect = ALL[seed % len(ALL)]
    files = dialect(draw, drafts, files)
    source = exports.register.sources[0].id
    is_loose = draw.random() < 0.25 and dialect not in (archive_in_archive,) and not any("\\" in name for name in files)
    put = (
        {f"{source}/{name}": content for name, content in files.items()}
        if is_loose
        else {f"{source}/bundle{seed}.zip": zip_of(dict(files))}
    )
    for d in drafts.values():
        d.done += ["bundle", dialect.__name__, *(["loose"] if is_loose else [])]
        d.may_list |= {"unknown_reference"}
    return [LawMutant(seed, "bundles", d, put) for d in drafts.values()]
