"""Record linkage: the probability that a record is of a person, after Fellegi and Sunter (1969), with Splink on DuckDB.

Add here: another kind of evidence.
Stays out: what becomes of a candidate (`dbt_project`), where the weights come from (registry/matching.yml): they are
given, never estimated here.

I. P. Fellegi and A. B. Sunter, "A theory for record linkage", Journal of the American Statistical Association 64
(1969), 1183-1210; as Splink computes it: R. Linacre et al., "Splink: free software for probabilistic record linkage at
scale", International Journal of Population Data Science 7 (2022).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

# Conditions of the degrees blank, same and near; every other pair differs.
_AGREEMENT_SQL: Mapping[str, tuple[str, str, str]] = {
    "name": ("name_l is null or name_r is null", "name_l = name_r", "one_edit(name_l, name_r)"),
    "birth_date": (
        "birth_date_l is null or birth_date_r is null",
        "birth_date_l = birth_date_r",
        (
            "hamming(birth_date_l, birth_date_r) <= 1 or birth_date_l = concat(left(birth_date_r, 5), "
            "right(birth_date_r, 2), '-', substr(birth_date_r, 6, 2))"
        ),
    ),
    "place": (
        "school_l is null or school_r is null",
        "school_l = school_r and class_l = class_r",
        "school_l = school_r",
    ),
    "guardian_phone": (
        "guardian_phone_l is null or guardian_phone_r is null",
        "guardian_phone_l = guardian_phone_r",
        "levenshtein(guardian_phone_l, guardian_phone_r) <= 1",
    ),
}
# Blocking: only pairs that satisfy one rule are compared. Any two complete kinds of evidence satisfy one.
_BLOCKING_RULES = (
    "l.guardian_phone = r.guardian_phone",
    "l.name = r.name and l.birth_date = r.birth_date",
    "l.name = r.name and l.school = r.school",
    "l.birth_date = r.birth_date and l.school = r.school",
    "l.school = r.school and l.class = r.class",
)
# By characters: levenshtein() counts bytes, of which a character has four at most.
_ONE_EDIT_MACROS = """
create macro one_more(a, b) as length(a) = length(b) + 1
    and len(list_filter(range(1, length(a) + 1), lambda i: left(a, i - 1) || substr(a, i + 1) = b)) > 0;
create macro one_edit(a, b) as levenshtein(a, b) <= 4 and (
    one_more(a, b) or one_more(b, a) or length(a) = length(b)
    and len(list_filter(range(1, length(a) + 1), lambda i: substr(a, i, 1) <> substr(b, i, 1))) = 1
)
"""
EVIDENCE = ("name", "birth_date", "school", "class", "guardian_phone")


@dataclass(frozen=True)
class Weight:
    """How often evidence agrees to a degree (same, near, other): `m` of pairs of one person, `u` of other pairs."""

    evidence: str
    degree: str
    m: float
    u: float


def candidates(
    records: pa.Table,
    people: pa.Table,
    weights: Iterable[Weight],
    prior: float,
    *,
    min_probability: float,
    memory: str = "",
    spill: str = "",
) -> pa.Table:
    """The likeliest person of each record, where its probability is `min_probability` or more.

    `records`: `record` (unique text) and the columns of `EVIDENCE` as text, dates as YYYY-MM-DD, null where there is
    none. `people`: `uid` and the same columns; a person of two names has two rows. `prior`: the share of compared
    pairs that are one person. Returns `record`, `uid`, `probability` (0..1), `lead` (how many times likelier than
    the next person; infinite where there is none), `name` (same, near, other or blank) and `why`. A record without a
    candidate is not returned.
    """
    all_weights = tuple(weights)
    evidence_names = [name for name in _AGREEMENT_SQL if any(w.evidence == name for w in all_weights)]
    limits = {"memory_limit": memory, "temp_directory": spill}
    with duckdb.connect(config={name: limit for name, limit in limits.items() if limit}) as connection:
        _predict(connection, records, people, _settings(all_weights, evidence_names, prior))
        name_degree_sql = _degree("name", all_weights) if "name" in evidence_names else "'blank'"
        reasons_sql = " || ', ' || ".join(f"'{name} ' || {_degree(name, all_weights)}" for name in evidence_names)
        return connection.execute(
            f"""
            with pairs as (
                select record_l as record, split_part(uid_r, '{_UID_SEPARATOR}', 1) as uid,
                    max(match_weight) as weight, arg_max({reasons_sql}, match_weight) as why,
                    arg_max({name_degree_sql}, match_weight) as name
                from predicted
                group by all
            ),
            ranked as (
                select *, row_number() over of_record as place, lead(weight) over of_record as next_weight
                from pairs
                window of_record as (partition by record order by weight desc, uid)
            )
            select record, uid, 1 / (1 + pow(2, -weight)) as probability,
                coalesce(pow(2, least(weight - next_weight, 1000)), 'infinity'::double) as lead, name, why
            from ranked
            where place = 1 and 1 / (1 + pow(2, -weight)) >= ?
            order by record
            """,
            [min_probability],
        ).to_arrow_table()


_UID_SEPARATOR = "\x1f"


def _settings(weights: tuple[Weight, ...], evidence_names: list[str], prior: float) -> dict[str, Any]:
    return {
        "link_type": "link_only",
        "unique_id_column_name": "id",
        "probability_two_random_records_match": prior,
        "blocking_rules_to_generate_predictions": [{"blocking_rule": rule} for rule in _BLOCKING_RULES],
        "comparisons": [_comparison(name, weights) for name in evidence_names],
        "retain_matching_columns": True,
    }


def _comparison(name: str, weights: tuple[Weight, ...]) -> dict[str, Any]:
    blank, same, near = _AGREEMENT_SQL[name]
    conditions = {"same": same, "near": near, "other": "ELSE"}
    levels: list[dict[str, Any]] = [{"sql_condition": blank, "label_for_charts": "blank", "is_null_level": True}]
    for degree, condition in conditions.items():
        weight = next((w for w in weights if (w.evidence, w.degree) == (name, degree)), None)
        if weight is not None:
            levels.append({
                "sql_condition": condition, "label_for_charts": degree,
                "m_probability": weight.m, "u_probability": weight.u,
            })  # fmt: skip
    return {"output_column_name": name, "comparison_levels": levels}


def _degree(name: str, weights: tuple[Weight, ...]) -> str:
    """SQL of the degree: levels count down to 0, a blank one is -1."""
    degrees = [d for d in ("same", "near", "other") if any((w.evidence, w.degree) == (name, d) for w in weights)]
    cases = " ".join(f"when {len(degrees) - 1 - n} then '{degree}'" for n, degree in enumerate(degrees))
    return f"case gamma_{name} {cases} else 'blank' end"


def _predict(
    connection: duckdb.DuckDBPyConnection, records: pa.Table, people: pa.Table, settings: dict[str, Any]
) -> None:
    """Create the view `predicted` of weighted pairs (record_l, uid_r, match_weight, gamma_…)."""
    from splink import DuckDBAPI, Linker  # heavy, and needed on few nights

    columns = ", ".join(EVIDENCE)
    connection.execute(_ONE_EDIT_MACROS)
    connection.register("given_records", records)
    connection.register("given_people", people)
    connection.execute(
        f"create table a_records as select record as id, {columns} from given_records; "
        f"create table b_people as select uid || '{_UID_SEPARATOR}' || row_number() over () as id, {columns} "
        "from given_people"
    )
    api = DuckDBAPI(connection)
    tables = [api.register("a_records", table_name="a_records"), api.register("b_people", table_name="b_people")]
    linker = Linker(tables, settings, log_level=None)
    predictions = linker.inference.predict(warning_mode="never")
    connection.execute(
        f"create view predicted as select id_l as record_l, id_r as uid_r, * from {predictions.physical_name}"
    )
