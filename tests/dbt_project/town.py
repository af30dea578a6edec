"""Stories of children and what systems say of them, told at once: each in a school of its own, night by night."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from registry.model import Verdict
from tests.dbt_project.quick_dbt import City

STUDENTS, HOMEWORK, TEACHERS = "student_registry__students", "homework_a__records", "teacher_system__teachers"
TRAINING, NAMELESS = "training__records", "homework_b__records"
FIRST = date(2025, 10, 15)
_CHECK = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def night(n: int) -> date:
    """The n-th night, from 1."""
    return FIRST + timedelta(n - 1)


@dataclass
class Story:
    """One story: rows by night and table (a table that a night does not name stays as it was), and reviewed lines."""

    number: int
    nights: list[dict[str, list[dict[str, Any]]]] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def school(self) -> str:
        """The story's own school."""
        return f"31329900{self.number:02d}"

    def id_number(self, n: int) -> str:
        """The ID number of the story's n-th child; its check digit holds."""
        head = f"3299012012{self.number // 28 + 1:02d}{self.number % 28 + 1:02d}{n * 2 + 1:03d}"
        return head + "10X98765432"[sum(int(c) * w for c, w in zip(head, _CHECK, strict=True)) % 11]

    def person(self, n: int) -> str:
        """The key of the n-th child."""
        return f"student_number:G{self.id_number(n)}"

    def child(self, n: int, name: str, **more: Any) -> dict[str, Any]:
        """A row of the student registry."""
        return {
            "student_number": f"G{self.id_number(n)}", "id_number": self.id_number(n), "school_code": self.school,
            "name": name, "grade": "初一", "class_code": "2101", "birth_date": "2012.01.01",
            "member1_phone": f"1250{self.number:04d}{n:03d}",
        } | more  # fmt: skip

    def work(self, n: int | None, name: str | None, **more: Any) -> dict[str, Any]:
        """A row of a homework platform with the number of the n-th child, or with none."""
        return {
            "student_number": None if n is None else f"G{self.id_number(n)}", "student_name": name,
            "school_code": self.school, "class_code": "2101", "subject": "数学", "title": str(self.number),
            "assigned_at": "2025-10-14 16:00:00",
        } | more  # fmt: skip

    def then(self, **tables: list[dict[str, Any]]) -> Story:
        """What the next night brings."""
        self.nights.append(tables)
        return self

    def review(self, verdict: str, record: str, person: str, since: int, entity: str = "student") -> Story:
        """A reviewed line that counts from a night on."""
        self.verdicts.append(Verdict(
            entity=entity, verdict=verdict, record=record, person=person, since=night(since), decided_by="lee",
            reason="asked the school",
        ))  # fmt: skip
        return self


@dataclass
class Town:
    """A lake in memory in which all stories happen; what each night left of them can be asked."""

    city: City
    stories: list[Story] = field(default_factory=list)
    rows: int = 0
    _held: dict[tuple[int, str], dict[str, int]] = field(default_factory=dict)

    def live(self, nights: int) -> None:
        """Take all stories through their nights."""
        lines = tuple(verdict for story in self.stories for verdict in story.verdicts)
        register = self.city.register.model_copy(update={"verdicts": lines, "version": "reviewed"})
        for n in range(1, nights + 1):
            for story in self.stories:
                for table, rows in (story.nights[n - 1] if n <= len(story.nights) else {}).items():
                    self._replace(story, table, rows, night(n))
            self.city.night(night(n), register)
            self.keep(n)

    def keep(self, n: int) -> None:
        """Keep what a night left under another name."""
        for table in ("homework_copies", "identity_queue", "student_alias", "identity_records"):
            self.city.rows(f"create or replace table memory.main.{table}_{n} as from lake.conformed.{table}")

    def owners(self, story: Story, n: int) -> list[str | None]:
        """The person of each homework row of a story after a night, in the order in which they were given."""
        asked = f"select student_uid from memory.main.homework_copies_{n} where title = ? order by record_id::int"
        return [uid for (uid,) in self.city.rows(asked, str(story.number))]

    def queue(self, story: Story, n: int) -> list[tuple[str, str, str | None]]:
        """(rule, record, person) of what waits for a person after a night."""
        asked = f"select rule, record, person from memory.main.identity_queue_{n} where organisation_code = ?"
        return sorted((a, b, c) for a, b, c in self.city.rows(asked, story.school))

    def aliases(self, story: Story, n: int) -> dict[str, str]:
        """Identifier -> person, as held after a night."""
        asked = (
            f"select identifier, student_uid from memory.main.student_alias_{n} where known_to is null and school = ?"
        )
        return dict(self.city.rows(asked, story.school))

    def _replace(self, story: Story, table: str, rows: Iterable[dict[str, Any]], today: date) -> None:
        held = self._held.setdefault((story.number, table), {})
        named = {repr(sorted(row.items())): row for row in rows}
        for gone in held.keys() - named.keys():
            self.city.rows(
                f"update lake.raw.{table} set _known_to = ? where _row_number = ?", today, held.pop(gone)
            )
        for name, row in named.items():
            if name not in held:
                held[name] = self._insert(story, table, row, today)

    def _insert(self, story: Story, table: str, row: dict[str, Any], today: date) -> int:
        self.rows += 1
        values = {**row, **({"record_id": str(self.rows)} if table.startswith("homework") else {})}
        columns = ", ".join(f'"{c}"' for c in values)
        self.city.rows(
            f"insert into lake.raw.{table} ({columns}, _delivery_id, _row_number, _slice, _row_hash, _known_from) "
            f"values ({', '.join('?' * len(values))}, ?, ?, ?, ?, ?)",
            *values.values(), f"d{today}", self.rows, story.school, str(self.rows), today,
        )  # fmt: skip
        return self.rows
