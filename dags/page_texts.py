"""The texts that Airflow's page shows of a DAG and its steps, from `dags/texts/<dag id>.md`.

Stays out: the texts; a new step gets a section there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

OWNER = "数据中心 · data centre"  # whom the page names as the owner of a step

_FOLDER = Path(__file__).resolve().parent / "texts"
_SECTION = re.compile(r"^## (\w+)\n", re.M)


@dataclass(frozen=True)
class PageTexts:
    """Markdown of a DAG: what it does as a whole, and a section a step."""

    whole: str
    steps: dict[str, str]

    def of_step(self, step: str) -> str | None:
        """The section of a step; None where there is none: a night does not wait for its text."""
        return self.steps.get(step)


def load(dag_id: str) -> PageTexts:
    """The texts of a DAG."""
    whole, *sections = _SECTION.split((_FOLDER / f"{dag_id}.md").read_text(encoding="utf-8"))
    steps = zip(sections[::2], sections[1::2], strict=True)
    return PageTexts(whole.strip(), {step: text.strip() for step, text in steps})
