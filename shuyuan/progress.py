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
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(20),
        TextColumn("{task.fields[count]}"), TimeElapsedColumn(), _left_column(),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as progress:
        night = progress.add_task(title, total=None, count="", course=None)
        parts = progress.add_task("", visible=False, count="", course=None)

        def follow(course: Course) -> None:
            all_steps = len(course.steps)
            progress.update(
                night, description=f"{title}: {course.step}" if course.step else title, total=all_steps or None,
                completed=course.steps_ended, count=f"{course.steps_ended} of {all_steps} steps", course=course,
            )  # fmt: skip
            progress.update(
                parts, description=f"  {course.part}", total=course.parts or None, completed=course.parts_ended,
                count=f"{course.parts_ended} of {course.parts}", visible=bool(course.part and course.parts),
            )  # fmt: skip

        yield (lambda _: None), follow


def _console() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def _left_column() -> ProgressColumn:
    from rich.progress import ProgressColumn, Task
    from rich.text import Text

    class Left(ProgressColumn):
        """About how long the rest of the night will take, by the last one; asked anew whenever it is drawn."""

        def render(self, task: Task) -> Text:
            left = task.fields["course"].seconds_left() if task.fields["course"] else None
            return Text("" if left is None else f"about {int(left) // 60}:{int(left) % 60:02} left")

    return Left()
