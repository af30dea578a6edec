"""Name resolution in a select: columns of its sources, fields of a struct, aliases.

Add here: another way in which DuckDB lets a column be named.
Stays out: clauses and queries (`columns`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from sqlglot import exp

from warehouse.errors import LineageError


class Ref(NamedTuple):
    """A column of a relation (`schema.table`); column `*` stands for the columns that decide on its rows."""

    relation: str
    column: str


Refs: TypeAlias = frozenset[Ref]
SubqueryRefs: TypeAlias = Callable[[exp.Expr], Refs]
NO_REFS: Refs = frozenset()


@dataclass(frozen=True)
class Source:
    """A relation in scope: the inputs of its columns, of its rows, and of any column not listed (`rest`).

    `fields`: of a column that is a whole row of another source, the inputs of each field, by `column.field`.
    """

    columns: Mapping[str, Refs]
    rows: Refs = NO_REFS
    rest: Refs | None = None  # of a table function, which has no column list
    fields: Mapping[str, Refs] = field(default_factory=dict)

    def column(self, path: Sequence[str]) -> Refs | None:
        """The inputs of a column, or of its field; None where there is no such column."""
        return self.fields.get(".".join(path[:2]), self.columns.get(path[0], self.rest))

    @property
    def all_refs(self) -> Refs:
        """The inputs of all columns: the source referenced as a row."""
        return (self.rest or NO_REFS).union(*self.columns.values())


@dataclass
class Scope:
    """The name scope of one select: its sources in order, and the aliases defined so far."""

    outer: Scope | None = None
    sources: dict[str, Source] = field(default_factory=dict)
    aliases: dict[str, Refs] = field(default_factory=dict)
    rest: Refs | None = None  # of a star over sources without a column list
    fields: dict[str, Refs] = field(default_factory=dict)  # of the columns that are whole rows

    def add(self, name: str, source: Source) -> None:
        """Add a source under its alias."""
        self.sources[name] = source

    def projected(self, expressions: Sequence[exp.Expr], subquery_refs: SubqueryRefs) -> dict[str, Refs]:
        """The columns of a select list, stars expanded."""
        columns: dict[str, Refs] = {}
        for expression in expressions:
            for name, refs in self._columns_of(expression, subquery_refs):
                # a later part of a union may name two columns alike: there only their places count
                columns[name if name not in columns else f"{name}:{len(columns)}"] = refs
                self.aliases[name] = refs
        return columns

    def _columns_of(self, expression: exp.Expr, subquery_refs: SubqueryRefs) -> Iterator[tuple[str, Refs]]:
        star = expression if isinstance(expression, exp.Star) else None
        sources = [*self.sources.values()]
        if isinstance(expression, exp.Column) and isinstance(expression.this, exp.Star):
            star, sources = expression.this, [self.sources[expression.table.lower()]]
        if star is None:
            name = expression.alias_or_name.lower()
            row = self._row(expression)
            if row is not None:
                self.fields |= {f"{name}.{column}": refs for column, refs in row.columns.items()}
            yield name, self.refs(expression, subquery_refs)
            return
        excluded = {column.name.lower() for column in star.args.get("except_") or ()}
        replaced = {new.alias.lower(): self.refs(new.this, subquery_refs) for new in star.args.get("replace") or ()}
        for source in sources:
            if source.rest is not None:
                self.rest = (self.rest or NO_REFS) | source.rest
            for name, refs in source.columns.items():
                if name not in excluded:
                    yield name, replaced.get(name, refs)
            changed = excluded | replaced.keys()
            self.fields |= {path: refs for path, refs in source.fields.items() if path.split(".")[0] not in changed}

    def _row(self, expression: exp.Expr) -> Source | None:
        """The source whose whole row an expression is, as `today` in `select today from state as today`."""
        column = expression.unalias()
        if not isinstance(column, exp.Column) or len(column.parts) > 1 or isinstance(column.this, exp.Star):
            return None
        name = column.name.lower()
        return self.sources.get(name) if self.resolve_unqualified(name) is None else None

    def refs(self, part: object, subquery_refs: SubqueryRefs) -> Refs:
        """The input columns of an expression, its subqueries included."""
        parts = part if isinstance(part, list) else [part]
        refs: Refs = NO_REFS
        for expression in parts:
            if isinstance(expression, exp.Expr):
                refs |= self._refs(expression, subquery_refs)
        return refs

    def _refs(self, part: exp.Expr, subquery_refs: SubqueryRefs) -> Refs:
        if isinstance(part, (exp.Query, exp.Subquery)):
            return subquery_refs(part)
        if isinstance(part, exp.Column) and not isinstance(part.this, exp.Star):
            return self.resolve([p.name.lower() for p in part.parts])
        if isinstance(part, exp.Alias):
            return self._refs(part.this, subquery_refs)
        return frozenset().union(*(self._refs(child, subquery_refs) for child in part.iter_expressions()))

    def resolve(self, path: Sequence[str]) -> Refs:
        """Resolve a dotted name; parts after the column are fields of a struct. Raises LineageError."""
        first, *fields = path
        if first in self.sources and fields:
            refs = self.sources[first].column(fields)
            if refs is not None:
                return refs
        refs = self._field(path)
        if refs is None:
            refs = self.resolve_unqualified(first)
        if refs is not None:
            return refs
        if first in self.sources:
            return self.sources[first].all_refs
        if self.outer is not None:
            return self.outer.resolve(path)
        raise LineageError(f"the name {'.'.join(path)} cannot be found")

    def _field(self, path: Sequence[str]) -> Refs | None:
        """The inputs of a field of a column that is a whole row; None where an alias hides the column."""
        rows = [source for source in self.sources.values() if ".".join(path[:2]) in source.fields]
        if not rows or any(self.aliases.get(path[0], s.columns[path[0]]) != s.columns[path[0]] for s in rows):
            return None
        return NO_REFS.union(*(source.fields[".".join(path[:2])] for source in rows))

    def resolve_unqualified(self, name: str) -> Refs | None:
        """Resolve an unqualified name: every source that has it, and the alias of that name."""
        refs = [s.columns[name] for s in self.sources.values() if name in s.columns]
        refs += [self.aliases[name]] if name in self.aliases else []
        if not refs:
            refs = [s.rest for s in self.sources.values() if s.rest is not None]
        return frozenset().union(*refs) if refs else None
