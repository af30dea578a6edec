"""The candidate: an assembled release that no gate has judged yet, in the scratch folder of its night.

Add here: another file that every release carries.
Stays out: writing the marts (`mart_files`), what of them may leave (`disclosure.policy`), publishing (`publication`).

The id is the night and 12 hex digits of SHA-256 over the register's version and each mart's name, content and
descriptions. The code's version is in the manifest and not in the id: other code that makes the same content
has made the same release.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from common import files
from common.night_files import NightFiles
from registry import loader
from registry.model import Register
from warehouse.disclosure import mart_docs, names_in_texts, people, pseudonyms, short_names
from warehouse.disclosure.mart_docs import MartDoc
from warehouse.disclosure.secret import fingerprint, require_same
from warehouse.errors import ReleaseError
from warehouse.lake import Lake, connect_lake
from warehouse.release import mart_files, unchanged_partitions
from warehouse.release.partitioning import Partition, partitioning_of
from warehouse.release.unchanged_partitions import Before, Plan


@dataclass(frozen=True)
class Candidate:
    """A release in waiting: its directory (gone once it is published) and its id."""

    directory: Path
    release_id: str

    @property
    def marts(self) -> Path:
        """The plain DuckDB file with schema `marts`."""
        return self.directory / "marts.duckdb"

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest as it stands now."""
        return json.loads((self.directory / "manifest.json").read_text())


def assemble_candidate(
    lake: Lake,
    register: Register,
    night: date,
    secret: bytes,
    dbt_manifest: Path,
    code_version: str,
    register_dir: Path,
    last_release: Path | None,
) -> Candidate:
    """Write the candidate of a night from `lake.marts`, disclosed column by column, rows in a fixed order.

    Raises ReleaseError (a mart that was not built, an undescribed column), SecretError, LakeError.
    """
    require_same(last_release, secret)
    docs = mart_docs.read_mart_docs(dbt_manifest)
    night_files = NightFiles(lake.work(night))
    directory = night_files.candidate
    shutil.rmtree(directory, ignore_errors=True)
    (directory / "parquet").mkdir(parents=True)
    with connect_lake(lake) as connection:
        columns: mart_files.Columns = {doc.name: mart_files.columns(connection, doc, register) for doc in docs}
        columns, names_hidden = names_in_texts.hide(connection, columns, register)
        taken = unchanged_partitions.snapshot(connection)
        before = unchanged_partitions.read(lake, last_release, night)
        plans = _plans(connection, docs, columns, register, before, (code_version, fingerprint(secret)))
        wanted = mart_files.pseudonym_queries(columns, plans)
        pseudonyms.prepare_pseudonyms(connection, secret, fingerprint(secret), wanted)
        with short_names.installed(connection, secret):
            written = mart_files.write(connection, docs, columns, directory, plans)
    _copy_register(register_dir, directory / "register")
    release_id = f"{night.isoformat()}-{_content_id(register, written.marts, docs)}"
    manifest = {
        "release_id": release_id,
        "night": night.isoformat(),
        "code_version": code_version,
        "register_version": register.version,
        "bureau": register.bureau.id,
        "secret_fingerprint": fingerprint(secret),
        "personal_data": people.manifest_entry(docs, register) | {"names_hidden": names_hidden},
        "marts": written.marts,
        "partitions": _listed(written.partitions),
        "completeness": written.completeness,
    }
    files.sync_tree(directory)
    files.write_json(directory / "manifest.json", manifest)
    stands_for = unchanged_partitions.record(taken, plans, written.partitions)
    files.write_json(night_files.candidate_partitions, stands_for)
    files.write_text(lake.work(night) / "candidate_id", release_id)
    return Candidate(directory, release_id)


def candidate_of(lake: Lake, night: date) -> Candidate:
    """The candidate that `assemble` left for a night, also after it was published. Raises ReleaseError."""
    try:
        release_id = (lake.work(night) / "candidate_id").read_text().strip()
    except OSError as error:
        raise ReleaseError(f"The night {night} has no release candidate: run it again.") from error
    return Candidate(NightFiles(lake.work(night)).candidate, release_id)


def _plans(
    connection: duckdb.DuckDBPyConnection,
    docs: Iterable[MartDoc],
    columns: mart_files.Columns,
    register: Register,
    before: Before,
    made_by: tuple[str, str],
) -> dict[str, Plan]:
    """What becomes of the partitions of each mart that has any. `made_by`: the code's version, the secret's
    fingerprint.
    """
    plans = {}
    for doc in docs:
        if (partitioning := partitioning_of(doc, register)) is not None:
            select = mart_files.select(doc, columns[doc.name])
            recipe = unchanged_partitions.recipe(connection, doc, select, *made_by)
            plans[doc.name] = unchanged_partitions.plan(connection, before, doc.name, partitioning, recipe)
    return plans


def _listed(partitions: Mapping[str, Mapping[str, Partition]]) -> dict[str, dict[str, Any]]:
    """The partitions as the manifest lists them: by mart and key, the file and its rows."""
    return {
        mart: {
            key: {"file": f"parquet/{mart}/{partition.file}", "rows": partition.sums.rows}
            for key, partition in by_key.items()
        }
        for mart, by_key in partitions.items()
    }


def _content_id(register: Register, marts: Mapping[str, Any], docs: tuple[MartDoc, ...]) -> str:
    content_of = {
        doc.name: [
            marts[doc.name]["content_sha256"],
            doc.description,
            {name: column.description for name, column in sorted(doc.columns.items())},
        ]
        for doc in docs
    }
    text = json.dumps([register.version, content_of], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _copy_register(source: Path, target: Path) -> None:
    for file in loader.files(source):
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
