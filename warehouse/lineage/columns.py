"""The column lineage of one query: its CTEs, joins, set operations and subqueries.

Add here: a clause of DuckDB's SQL that decides on values or rows.
Stays out: resolving names (`names`), lineage across relations (`graph`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

from warehouse.build.build_database import PARTITIONS
from warehouse.errors import LineageError
from warehouse.lineage.names import NO_REFS, Ref, Refs, Scope, Source, SubqueryRefs

_ROW_CLAUSES = ("where", "having", "qualify", "group", "distinct")  # clauses that decide which rows there are


def trace(sql: str, schema: Mapping[str, Sequence[str]], identity_relations: Collection[str] = ()) -> Source:
    """The columns of a query, each with its input columns, and the columns that decide on its rows.

    `schema`: the columns of each relation (`schema.table`; an empty list: unknown columns). Join conditions on
    `identity_relations` do not count: a row's identity is matched by a copy's name too.
    Raises LineageError where the SQL cannot be parsed or a name cannot be resolved: such a query is not proved.
    """
    try:
        query = sqlglot.parse_one(sql, read="duckdb")
    except ParseError as error:
        raise LineageError(f"the SQL cannot be parsed: {error.errors[0]['description']}") from error
    for join in [*query.find_all(exp.Join)]:
        if f"{join.this.text('db')}.{join.this.name}".lower() in identity_relations:
            join.set("on", None)
    return _query(query, {}, schema, None)


def _query(
    node: exp.Expr, ctes: Mapping[str, Source], schema: Mapping[str, Sequence[str]], outer: Scope | None
) -> Source:
    """Any query. `ctes`: the CTEs in scope; `outer`: the enclosing scope of a correlated subquery."""
    visible_ctes = dict(ctes)
    for cte in node.ctes if isinstance(node, exp.Query) else ():
        visible_ctes[cte.alias.lower()] = _cte(cte, visible_ctes, schema, outer)
    if isinstance(node, exp.Subquery):
        return _query(node.this, visible_ctes, schema, outer)
    if isinstance(node, exp.SetOperation):
        return _set_operation(node, visible_ctes, schema, outer)
    if isinstance(node, exp.Select):
        return _select(node, visible_ctes, schema, outer)
    raise LineageError(f"a {type(node).__name__} where a query was expected: {node.sql('duckdb')[:80]}")


def _cte(cte: exp.CTE, ctes: Mapping[str, Source], schema: Mapping[str, Sequence[str]], outer: Scope | None) -> Source:
    """A CTE; a recursive one is iterated to its fixed point."""
    name = cte.alias.lower()
    names_itself = any(t.name.lower() == name and not t.db for t in cte.this.find_all(exp.Table))
    if not names_itself or name in ctes or not isinstance(cte.this, exp.SetOperation):
        return _renamed(cte, _query(cte.this, ctes, schema, outer))
    source = _renamed(cte, _query(cte.this.left, ctes, schema, outer))
    while (next_source := _renamed(cte, _query(cte.this, {**ctes, name: source}, schema, outer))) != source:
        source = next_source
    return source


def _renamed(cte: exp.CTE, source: Source) -> Source:
    names = [column.lower() for column in cte.alias_column_names]
    if not names:
        return source
    return Source(dict(zip(names, source.columns.values(), strict=True)), source.rows, source.rest)


def _set_operation(
    node: exp.SetOperation, ctes: Mapping[str, Source], schema: Mapping[str, Sequence[str]], outer: Scope | None
) -> Source:
    left, right = _query(node.left, ctes, schema, outer), _query(node.right, ctes, schema, outer)
    rows = left.rows | right.rows
    if node.args.get("by_name"):
        names = {*left.columns, *right.columns}
        return Source({n: left.columns.get(n, NO_REFS) | right.columns.get(n, NO_REFS) for n in names}, rows)
    if len(left.columns) != len(right.columns):
        raise LineageError("the parts of a union differ in their number of columns")
    pairs = zip(left.columns.items(), right.columns.values(), strict=True)
    columns = {name: refs | other_refs for (name, refs), other_refs in pairs}
    if node.args.get("distinct") or not isinstance(node, exp.Union):
        rows |= frozenset().union(*columns.values())
    return Source(columns, rows)


def _select(
    node: exp.Select, ctes: Mapping[str, Source], schema: Mapping[str, Sequence[str]], outer: Scope | None
) -> Source:
    scope = Scope(outer)

    def subquery_refs(query: exp.Expr) -> Refs:
        source = _query(query, ctes, schema, scope)
        return frozenset().union(source.rows, *source.columns.values())

    rows: Refs = NO_REFS
    for table, join in _tables(node):
        source = _source(table, ctes, schema, scope, subquery_refs)
        scope.add(table.alias_or_name.lower(), source)
        rows |= source.rows
        if join is not None:
            rows |= scope.refs(join.args.get("on"), subquery_refs)
            rows |= frozenset().union(*(scope.resolve([name.name.lower()]) for name in join.args.get("using") or ()))
    for window in node.args.get("windows") or ():
        rows |= scope.refs(window, subquery_refs)
    columns = scope.projected(node.expressions, subquery_refs)
    if node.args.get("distinct"):
        rows = rows.union(*columns.values())
    for clause in _ROW_CLAUSES:
        rows |= scope.refs(node.args.get(clause), subquery_refs)
    if node.args.get("limit"):
        rows |= scope.refs(node.args.get("order"), subquery_refs)
    return Source(columns, rows, scope.rest, scope.fields)


def _tables(node: exp.Select) -> list[tuple[exp.Expr, exp.Join | None]]:
    """The sources of a select, in order, each with its join."""
    first = node.args.get("from_")
    tables: list[tuple[exp.Expr, exp.Join | None]] = [(first.this, None)] if first else []
    tables += [(lateral, None) for lateral in node.args.get("laterals") or ()]
    for join in node.args.get("joins") or ():
        tables.append((join.this, join))
    return tables


def _source(
    table: exp.Expr,
    ctes: Mapping[str, Source],
    schema: Mapping[str, Sequence[str]],
    scope: Scope,
    subquery_refs: SubqueryRefs,
) -> Source:
    """One source of a `from`: a CTE, a relation, a subquery, or a table function."""
    if isinstance(table, exp.Subquery):
        return _query(table, ctes, schema, scope)
    if isinstance(table, exp.Table) and isinstance(table.this, exp.Identifier):
        name = table.name.lower()
        if not table.db and name in ctes:
            return ctes[name]
        if table.db.lower() == PARTITIONS:  # says which partitions are made again, and nothing of what is in them
            return Source({}, NO_REFS, rest=NO_REFS)
        relation = f"{table.db}.{name}".lower()
        if relation not in schema:
            raise LineageError(f"the relation {relation} is not known")
        rows = frozenset({Ref(relation, "*")})
        if not schema[relation]:  # unknown columns: every name resolves to the table
            return Source({}, rows, rest=rows)
        columns = {column.lower(): frozenset({Ref(relation, column.lower())}) for column in schema[relation]}
        return Source(columns, rows)
    # a table function (range, unnest) or values: each of its columns depends on all arguments
    return Source({}, NO_REFS, rest=scope.refs(table, subquery_refs))
