"""Writing the city, night after night, and its truth.

Lives here: `write_city`, and the order of the steps of a night.
Add here: a step, when a feed is added.
Stays out: the steps themselves (`sending`), what the ledgers should say (`truth.ledger`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from samples import moves
from samples.city import Seats, build_city
from samples.dirt.misdeliveries import send_misdeliveries
from samples.feeds.declared import send_declared
from samples.feeds.declared_facts import declared_facts
from samples.feeds.exam_items import send_items, write_item_truth
from samples.feeds.exam_results import sit
from samples.feeds.fitness_results import send_fitness, write_fitness_truth
from samples.feeds.lower_release import send_release
from samples.feeds.record_changes import send_changes
from samples.files.accounts import Night
from samples.homework_sending import send_homework
from samples.odd.sending import send_odd_files
from samples.sender import Sender
from samples.sending import send_exams, send_lists, send_rosters
from samples.truth import homework_days, ledger, marks, series
from samples.truth.homework_sums import DayTotal, day_total
from samples.truth.problems import problem_ledger, problems
from samples.truth.truth_files import write_records, write_truth
from samples.world.exams import all_exams

Dirt = Literal["usual", "all", "odd"]
FIRST_NIGHT = date(2025, 10, 15)


def write_city(
    out: Path,
    students: int,
    seed: int = 7,
    nights: int = 1,
    first_night: date = FIRST_NIGHT,
    progress: Callable[[str], None] | None = None,
    dirt: Dirt = "usual",
) -> None:
    """Write a city's exports to `out`/<yyyy-mm-dd>/<source>/<feed>/…, and the planted truth to `out`/truth/.

    The same arguments give the same bytes, and a further night leaves the files of the earlier ones as they
    are. With `dirt` all, every file has another style and some are misdelivered: for cities of some thousands; with
    odd, from the fifth night on lists, rosters and marks come again in forms that few would expect.
    Raises ValueError where the city would be too small, the seed negative, or there is no night to write.
    """
    if nights < 1:
        raise ValueError(f"The number of nights must be 1 or more, not {nights}: ask for one at least.")
    all_dirt, odd = dirt in ("all", "odd"), dirt == "odd"
    sender = Sender(build_city(students, seed, dirt=all_dirt), progress or (lambda _: None))
    days = [first_night + timedelta(days=n) for n in range(nights)]
    seats = moves.first_seats(sender.city)
    for number, day in enumerate(days, 1):
        if number > 1:
            seats, moved = moves.move(sender.city, seats, number)
            sender.truth.moves += moved
        _write_night(sender, Night(number, nights, day, Path(out) / day.isoformat(), all_dirt, odd, seed), seats)
    _write_truth(sender, Path(out) / "truth", days)


def _write_night(sender: Sender, night: Night, seats: Seats) -> None:
    sender.folders[night.number] = night.folder
    night.folder.mkdir(parents=True, exist_ok=True)
    sizes = ledger.class_sizes(sender.city, seats, night.number)
    if night.number == 1:
        send_lists(sender, night)
    send_rosters(sender, night, seats)
    send_homework(sender, night, sizes)
    send_exams(sender, night)
    send_declared(sender, night)
    send_changes(sender, night)
    send_fitness(sender, night)
    send_items(sender, night)
    send_release(sender, night)
    if night.odd:
        send_odd_files(sender, night, seats)
    if night.dirt:
        send_misdeliveries(sender, night)
    truth = sender.truth
    truth.class_sizes += sizes
    truth.files += night.accounts
    truth.bad_rows += night.bad_rows
    truth.standing += night.standing
    truth.holds += night.holds
    truth.unread += night.unread
    truth.parked += night.parked
    truth.totals += ledger.totals(sender.city, truth.files, night.number)
    sender.progress(f"{night.day.isoformat()}: {len(night.accounts)} files written")


def _write_truth(sender: Sender, folder: Path, days: list[date]) -> None:
    city, truth, last = sender.city, sender.truth, len(days)
    truth.problems = problems(truth.files, truth.bad_rows)
    truth.problem_ledger = problem_ledger(truth.problems, last)
    truth.problem_ledger += [replace(entry, last_seen=last) for entry in truth.parked]
    truth.differences = ledger.differences(city, sender.edits, last, sender.returned)
    truth.differences += ledger.old_names(city, sender.edits, days)
    truth.difference_ledger = ledger.difference_ledger(truth.differences, last)
    truth.lookalikes = ledger.lookalikes(city, sender.edits)
    truth.facts = declared_facts(city)
    truth.corrections = ledger.corrections(city, sender.edits, last)
    write_truth(
        folder,
        truth,
        days[0],
        {
            "seed": city.seed,
            "students": len(city.students),
            "format": city.suffix[1:],
            "nights": [d.isoformat() for d in days],
            "homework_days": [k.day.day.isoformat() for k, _ in sender.homework_days],
        },
    )
    held_exams = [e for e in all_exams() if e.held_on < days[-1]]
    sittings = [s for s in (sit(city, e) for e in held_exams) if len(s.people)]
    cohorts = [c for s in sittings for c in marks.cohorts(city, s)]
    totals = [day_total(k) for k, _ in sender.homework_days]
    write_records(folder / "exam_cohorts.csv", cohorts, days[0], marks.Cohort)
    write_records(folder / "class_gains.csv", marks.gains(city), days[0], marks.ClassGain)
    write_records(folder / "school_gains.csv", series.gains(city), days[0], series.SchoolGain)
    write_records(folder / "exam_series.csv", series.histories(city, sittings), days[0], series.History)
    write_records(folder / "homework_days.csv", totals, days[0], DayTotal)
    marks.write_scores(folder, city, sittings)
    homework_days.write_homework(folder, city, sender.homework_days)
    write_fitness_truth(folder, city)
    write_item_truth(folder, city, days[0])
    sender.progress(f"{folder}: the truth")
