"""A progress display on stderr: what is being done, and for how long; of a night, what of it is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import ProgressColumn

    from dags.profile.course import Course

Say = Callable[[str], None]
Follow = Callable[["Course"], None]


@contextmanager
def clock(title: str) -> Iterator[Say]:
    """A spinner with the elapsed time; yields a function that updates its text.

    Where stderr is not a terminal each text is printed on a line.
    """
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = _console()
    if not console.is_terminal:
        console.print(f"{title} ...")
        yield lambda text: console.print(f"  {text}")
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda text: progress.update(task, description=f"{title}: {text}")


@contextmanager
def bar(title: str) -> Iterator[tuple[Say, Follow | None]]:
    """The same of a night, with a bar of its steps, one of the parts of the step that runs, and about how long the rest
    will take; yields also the function that follows the night's course, None where there is no terminal.
    """
    console = _console()
    if not console.is_terminal:
        with clock(title) as say:
            yield say, None
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
    from rich.table import Column

    text = Column(no_wrap=True, max_width=26)  # with all the others 80: what is wrapped jumps
    columns = (
        SpinnerColumn(), TextColumn("{task.description}", markup=False, table_column=text), BarColumn(10),
        TextColumn("{task.fields[count]}", table_column=Column(no_wrap=True)), _clock_column(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as progress:
        night = progress.add_task(title, total=None, count="", course=None)
        step = progress.add_task("", visible=False, count="")

        def follow(course: Course) -> None:
            all_steps, parts = len(course.steps), course.parts
            progress.update(
                night, total=all_steps or None, completed=course.steps_ended, course=course,
                count=f"{course.steps_ended} of {all_steps} steps",
            )  # fmt: skip
            progress.update(
                step, description=f"  {course.step} {course.part}", total=parts or None, completed=course.parts_ended,
                count=f"{course.parts_ended} of {parts}" if parts else "", visible=bool(course.step),
            )  # fmt: skip

        yield (lambda _: None), follow


def _console() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def _clock_column() -> ProgressColumn:
    from rich.progress import ProgressColumn, Task
    from rich.table import Column
    from rich.text import Text

    class Clock(ProgressColumn):
        """How long the night has taken, and about how long the rest will take, asked anew whenever it is drawn."""

        def render(self, task: Task) -> Text:
            course: Course | None = task.fields.get("course")
            if course is None:
                return Text()
            left = course.seconds_left()
            return Text(_minutes(task.elapsed or 0) + ("" if left is None else f", about {_minutes(left)} left"))

    return Clock(table_column=Column(no_wrap=True))


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
