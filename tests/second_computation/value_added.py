"""Value added by schools: 'what is left between schools of the z of pupils once where they stood a year before and the
other covariates are taken out'.

Lives here: `school_value_added`; the mixed model by Henderson's equations, its variances where the derivative of the
restricted likelihood is nought.
Stays out: a mark's place in its cohort (`growth`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from tests.second_computation import growth, numbers, records, register
from tests.second_computation.events import Events
from tests.second_computation.weak_points import NONE, places

_95_PERCENT = 1.959964
_MOST = 1e4  # times that schools differ more than pupils; beyond it nothing is sought
_Model = tuple[str, str, str]  # series, subject, school year


@dataclass(frozen=True)
class Pupil:
    """A mark that counts; `covariates` is None where one of them is not known."""

    school: str
    z_score: float
    covariates: tuple[object, ...] | None


@dataclass(frozen=True)
class Fit:
    """Estimate and standard error by school, and the deviations between and within schools."""

    schools: dict[str, tuple[float, float]]
    between: float
    within: float


def _settings() -> tuple[list[str], int]:
    told = register.document("bureau.yml")["value_added"]
    return told["covariates"], told["schools_min"]


def _pupils(events: Events) -> dict[_Model, list[Pupil]]:
    """'In exams that have one of their series a grade below in the school year before.'"""
    found: dict[_Model, list[Pupil]] = defaultdict(list)
    for (exam, subject), standing in growth.standings(events).items():
        before = growth.series_exam(exam, 1, 1)
        if before is None:
            continue
        declared = register.exams()[exam]
        prior = growth.standings(events).get((before, subject))
        for student in standing.scores:
            school, _ = places(events, "exams/results")[student, exam]
            z = standing.z_score(student)
            if school != NONE and z is not None:
                told = {
                    "prior_score": prior.z_score(student) if prior and student in prior.scores else None,
                    "grade": str(declared["grade"]),
                    "sex": records.owned_values(events, "student.sex", events.last).get((student,)),
                }
                covariates = tuple(told[name] for name in _settings()[0])
                pupil = Pupil(school, float(z), None if None in covariates else covariates)
                found[declared["series"], subject, register.school_year(declared["held_on"])].append(pupil)
    return found


def school_value_added(events: Events) -> list[dict[str, object]]:
    """One row per series, school, subject and school year."""
    rows: list[dict[str, object]] = []
    for model, pupils in _pupils(events).items():
        counted = [p for p in pupils if p.covariates is not None]
        note, fit = _fitted(counted)
        by_school = {school: [p for p in pupils if p.school == school] for school in {p.school for p in pupils}}
        rows += [_row(model, school, here, counted, note, fit) for school, here in by_school.items()]
    return rows


def _fitted(counted: list[Pupil]) -> tuple[str | None, Fit | None]:
    """The fit, or why there is none."""
    if len({p.school for p in counted}) < _settings()[1]:
        return "few_schools", None
    x = _design(counted)
    if len(counted) <= x.shape[1]:
        return "few_students", None
    fit = _fit(x, np.array([p.z_score for p in counted]), [p.school for p in counted])
    return None if fit.between else "no_variance", fit


def _design(counted: list[Pupil]) -> NDArray[np.float64]:
    """'A constant; a number as it is, else a column for each value but the first.'"""
    columns = [[1.0] * len(counted)]
    for values in zip(*(p.covariates or () for p in counted), strict=True):
        if all(isinstance(value, Decimal) for value in values):
            columns.append([float(value) for value in values])
        else:
            columns += [[float(v == option) for v in values] for option in sorted({str(v) for v in values})[1:]]
    return np.array(columns).T


def _fit(x: NDArray[np.float64], y: NDArray[np.float64], of: list[str]) -> Fit:
    names = sorted(set(of))
    z = np.array([[float(school == name) for name in names] for school in of])

    def projection(ratio: float) -> NDArray[np.float64]:
        inverse = np.linalg.inv(np.eye(len(y)) + ratio * z @ z.T)
        return np.array(inverse - inverse @ x @ np.linalg.solve(x.T @ inverse @ x, x.T @ inverse))

    def slope(ratio: float) -> float:
        """Of the restricted likelihood with the ratio of both variances, up to a factor."""
        p = projection(ratio)
        rest = z.T @ p @ y
        return float(np.trace(z.T @ p @ z) - (len(y) - x.shape[1]) * (rest @ rest) / (y @ p @ y))

    ratio = float(brentq(slope, 0, _MOST, xtol=1e-14, rtol=1e-14)) if slope(0) < 0 else 0.0
    within = float(y @ projection(ratio) @ y) / (len(y) - x.shape[1])
    if not ratio:
        return Fit(dict.fromkeys(names, (0.0, 0.0)), 0.0, within**0.5)
    both = np.hstack([x, z])
    penalty = np.diag([0.0] * x.shape[1] + [1 / ratio] * len(names))
    inverse = np.linalg.inv(both.T @ both + penalty)
    solution = (inverse @ both.T @ y)[x.shape[1] :]
    errors = np.sqrt(within * np.diag(inverse)[x.shape[1] :])
    schools = {name: (float(u), float(e)) for name, u, e in zip(names, solution, errors, strict=True)}
    return Fit(schools, (ratio * within) ** 0.5, within**0.5)


def _row(
    model: _Model, school: str, pupils: list[Pupil], counted: list[Pupil], note: str | None, fit: Fit | None
) -> dict[str, object]:
    series, subject, year = model
    here = sum(p.covariates is not None for p in pupils)
    estimate, error = fit.schools.get(school, (None, None)) if fit else (None, None)
    low = high = None
    if estimate is not None and error is not None:
        low, high = estimate - _95_PERCENT * error, estimate + _95_PERCENT * error
    return {
        "series": series,
        "school_code": school,
        "subject": subject,
        "school_year": year,
        "estimate": _near(estimate),
        "standard_error": _near(error),
        "interval_from": _near(low),
        "interval_to": _near(high),
        "verdict": None if low is None or high is None else "above" if low > 0 else "below" if high < 0 else None,
        "n": here,
        "n_left_out": len(pupils) - here,
        "schools": len({p.school for p in counted}),
        "school_deviation": _near(fit.between) if fit else None,
        "residual_deviation": _near(fit.within) if fit else None,
        "covariates": ",".join(_settings()[0]),
        "note": note if fit is None or here else "no_student_counted",
    }


def _near(number: float | None) -> numbers.Near | None:
    return None if number is None else numbers.Near(number)
