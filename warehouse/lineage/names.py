"""What a name in a select means: a column of one of its sources, a field of a struct, an alias.

Lives here: the sources that a select sees, and finding names in them.
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
    """A column of a relation (`schema.table`); column `*` stands for what decides on its rows."""

    relation: str
    column: str


Found: TypeAlias = frozenset[Ref]
Inside: TypeAlias = Callable[[exp.Expr], Found]
NOTHING: Found = frozenset()


@dataclass(frozen=True)
class Source:
    """A relation as a select sees it: its columns, what decides on its rows, and what any other column is of."""

    columns: Mapping[str, Found]
    rows: Found = NOTHING
    rest: Found | None = None  # of a table function, whose columns have no list

    def column(self, name: str) -> Found | None:
        """What a column is made of; None where there is none of the name."""
        return self.columns.get(name, self.rest)

    @property
    def everything(self) -> Found:
        """All columns at once: the source named as a row."""
        return (self.rest or NOTHING).union(*self.columns.values())


@dataclass
class Columns:
    """The sources of one select, in order, and the aliases it has given so far."""

    outer: Columns | None = None
    sources: dict[str, Source] = field(default_factory=dict)
    aliases: dict[str, Found] = field(default_factory=dict)
    rest: Found | None = None  # what a star took from sources whose columns have no list

    def add(self, name: str, source: Source) -> None:
        """One more source, under its alias."""
        self.sources[name] = source

    def projected(self, expressions: Sequence[exp.Expr], inside: Inside) -> dict[str, Found]:
        """The columns of a select list, stars written out."""
        columns: dict[str, Found] = {}
        for expression in expressions:
            for name, found in self._columns_of(expression, inside):
                # a later part of a union may name two columns alike: there only their places count
                columns[name if name not in columns else f"{name}:{len(columns)}"] = found
                self.aliases[name] = found
        return columns

    def _columns_of(self, expression: exp.Expr, inside: Inside) -> Iterator[tuple[str, Found]]:
        star = expression if isinstance(expression, exp.Star) else None
        named = [*self.sources.values()]
        if isinstance(expression, exp.Column) and isinstance(expression.this, exp.Star):
            star, named = expression.this, [self.sources[expression.table.lower()]]
        if star is None:
            yield expression.alias_or_name.lower(), self.refs(expression, inside)
            return
        without = {column.name.lower() for column in star.args.get("except_") or ()}
        instead = {new.alias.lower(): self.refs(new.this, inside) for new in star.args.get("replace") or ()}
        for source in named:
            if source.rest is not None:
                self.rest = (self.rest or NOTHING) | source.rest
            for name, found in source.columns.items():
                if name not in without:
                    yield name, instead.get(name, found)

    def refs(self, part: object, inside: Inside) -> Found:
        """Every column that an expression is made of, its subqueries included."""
        parts = part if isinstance(part, list) else [part]
        found: Found = NOTHING
        for one in parts:
            if isinstance(one, exp.Expr):
                found |= self._refs(one, inside)
        return found

    def _refs(self, part: exp.Expr, inside: Inside) -> Found:
        if isinstance(part, (exp.Query, exp.Subquery)):
            return inside(part)
        if isinstance(part, exp.Column) and not isinstance(part.this, exp.Star):
            return self.find([p.name.lower() for p in part.parts])
        if isinstance(part, exp.Alias):
            return self._refs(part.this, inside)
        return frozenset().union(*(self._refs(child, inside) for child in part.iter_expressions()))

    def find(self, path: Sequence[str]) -> Found:
        """What a dotted name means; beyond the column it names fields of a struct. Raises LineageError."""
        first, *more = path
        if first in self.sources and more:
            found = self.sources[first].column(more[0])
            if found is not None:
                return found
        found = self.everywhere(first)
        if found is not None:
            return found
        if first in self.sources:
            return self.sources[first].everything
        if self.outer is not None:
            return self.outer.find(path)
        raise LineageError(f"the name {'.'.join(path)} cannot be found")

    def everywhere(self, name: str) -> Found | None:
        """A name without its source: of whichever sources have it, and the alias of that name."""
        found = [s.columns[name] for s in self.sources.values() if name in s.columns]
        found += [self.aliases[name]] if name in self.aliases else []
        if not found:
            found = [s.rest for s in self.sources.values() if s.rest is not None]
        return frozenset().union(*found) if found else None
