"""The likeliest person of each record that no rule could place, with a probability; empty on a night without such.

Lives here: which records and people are compared. How they are is `methods.linkage`.
"""

EMPTY = (
    "select '' as entity, '' as feed, cast(0 as ubigint) as record, '' as uid, cast(0 as double) as probability, "
    "cast(0 as double) as lead, '' as name, '' as why where false"
)


def model(dbt, session):  # type: ignore[no-untyped-def]
    """Candidates of both entities: entity, feed, record, uid, probability, lead, name, why."""
    claims = dbt.ref("identity_claims")
    aliases = {"student": dbt.ref("student_alias"), "teacher": dbt.ref("teacher_alias")}
    matching, weights = dbt.source("register", "matching"), dbt.source("register", "weight")
    open_claims = claims.filter(
        "uid is null and suspicion is null "
        "and (name is not null or birth_date is not null or guardian_phone is not null)"
    )
    asked = {entity for (entity,) in open_claims.project("entity").distinct().fetchall()}
    settings = [row for row in matching.project("entity, prior, queue").fetchall() if row[0] in asked]
    found = [_candidates(session, open_claims, aliases[e], weights, e, prior, least) for e, prior, least in settings]
    known = [table for table in found if table is not None]
    if not known:
        return session.sql(EMPTY)
    import pyarrow as pa

    return pa.concat_tables(known)


def _candidates(session, open_claims, aliases, weights, entity, prior, least):  # type: ignore[no-untyped-def]
    from methods import linkage

    given = [
        linkage.Weight(*row)
        for row in weights.filter(f"entity = '{entity}'").project("evidence, degree, m, u").fetchall()
    ]
    if not given:
        return None
    records = open_claims.filter(f"entity = '{entity}'").project(
        "feed || '#' || record as record, name, cast(birth_date as varchar) as birth_date, school, class, "
        "guardian_phone"
    )
    people = aliases.filter("known_to is null and is_own").project(
        f"{entity}_uid as uid, unnest(if(len(names) = 0, [cast(null as varchar)], names)) as name, "
        "cast(birth_date as varchar) as birth_date, school, class, guardian_phone"
    )
    limits = "select current_setting('memory_limit'), current_setting('temp_directory')"
    memory, spill = session.sql(limits).fetchone()
    found = linkage.candidates(  # noqa: F841 - read by the SQL below
        records.to_arrow_table(), people.to_arrow_table(), given, prior, min_probability=least,
        memory=_half(memory), spill=spill,
    )  # fmt: skip
    return session.sql(
        f"select '{entity}' as entity, split_part(record, '#', 1) as feed, cast(split_part(record, '#', 2) as ubigint) "
        "as record, uid, probability, lead, name, why from found"
    ).to_arrow_table()


def _half(memory: str) -> str:
    """Half of a size as DuckDB says it (1.8 GiB): the session keeps what it has read meanwhile."""
    amount, unit = memory.split()
    return f"{float(amount) / 2:.2f} {unit}"
