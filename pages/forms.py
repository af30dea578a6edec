"""How a value of a mart is shown: a code by its label, a share in percent, a day, no more decimals than it has.

Add here: the form of another column.
Stays out: the value itself, which a page carries beside what it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from pages.content import NOTHING, Cell, Text
from pages.marts import Marts, Row
from pages.words import DAY_TYPES, SOURCES

Form = Callable[[Marts, Any, Row], Text]
_DECIMALS = 2

YES, NO = Text("是", "yes"), Text("否", "no")
_VALUE_KINDS = {
    "percentile_rank_mean": Text("百分等级均值", "mean percentile rank"),
    "fitness_total": Text("体质总分", "fitness total"),
    "student_growth_percentile": Text("成长百分位（SGP）", "growth percentile (SGP)"),
    "conditional_percentile": Text("同起点百分位", "percentile of the same start"),
    "home": Text("行政班", "homeroom"),
    "day": Text("日", "day"),
    "month": Text("月", "month"),
}
REASONS = {
    "exempted": Text("免予执行", "exempted"),
    "postponed": Text("暂缓", "postponed"),
    "not_tested": Text("未测", "not tested"),
    "items_missing": Text("有项目未测", "items missing"),
    "grade_unknown": Text("年级不明", "grade unknown"),
    "sex_unknown": Text("性别不明", "sex unknown"),
    "no_table": Text("该年级无评分表", "no score table"),
    "no_prior": Text("无上年成绩", "no mark of the year before"),
    "repeated_grade": Text("重读", "repeated grade"),
    "equal_scores": Text("全体同分", "all marks equal"),
    "equal_priors": Text("前测全体同分", "all marks before equal"),
    "no_passages": Text("无通行记录", "no passage"),
    "no_student_expected": Text("无应到学生", "no student expected"),
    "not_delivered": Text("未报送", "not delivered"),
    "days_missing": Text("有教学日未报送", "school days not delivered"),
    "half_days_unknown": Text("登记册未定半天", "half days not in the register"),
    "no_marks": Text("无成绩", "no marks"),
    "few_of_class": Text("不足全班", "too few of the class"),
    "no_growth": Text("无成长百分位", "no growth percentile"),
    "no_blueprint": Text("无细目表", "no blueprint"),
    "no_comparison": Text("无他班可比", "no other class to compare"),
    "not_measured": Text("无实测之日", "no day measured"),
    "few_students": Text("人数过少", "too few students"),
}
_STAGES = {
    "kindergarten": Text("幼儿园", "kindergarten"),
    "primary": Text("小学", "primary"),
    "junior": Text("初中", "junior secondary"),
    "senior": Text("高中", "senior secondary"),
    "vocational": Text("中职", "vocational"),
    "special": Text("特殊教育", "special"),
}


def shown(marts: Marts, column: str, row: Row) -> Cell:
    """The cell of a column: by the form of its name, else by the type of its value; a dash where it is null."""
    value = row[column]
    if value is None or value == "":
        return Cell(None, NOTHING)
    return Cell(value, FORMS.get(column, _plain)(marts, value, row))


def _plain(marts: Marts, value: Any, row: Row) -> Text:  # noqa: ARG001 (a form)
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, float):
        return _same(_number(value))
    return _same(value.isoformat() if isinstance(value, date) else f"{value:,}" if isinstance(value, int) else value)


def _number(value: float) -> str:
    text = f"{value:,.{_DECIMALS}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _same(value: Any) -> Text:
    return Text(str(value), str(value))


def code(code_set: str) -> Form:
    """A code by its label."""

    def form(marts: Marts, value: Any, row: Row) -> Text:  # noqa: ARG001 (a form)
        return marts.label(code_set, str(value))

    return form


def _words(texts: Mapping[str, Text]) -> Form:
    def form(marts: Marts, value: Any, row: Row) -> Text:  # noqa: ARG001 (a form)
        return texts.get(str(value), _same(value))

    return form


def _year(marts: Marts, value: Any, row: Row) -> Text:  # noqa: ARG001 (a form)
    return _same(value)


def _month(marts: Marts, value: date, row: Row) -> Text:  # noqa: ARG001 (a form)
    return _same(value.isoformat()[:7])


def _percent(marts: Marts, value: float, row: Row) -> Text:  # noqa: ARG001 (a form)
    return _same(f"{value:.1%}")


def _school(marts: Marts, value: str, row: Row) -> Text:  # noqa: ARG001 (a form)
    return _same(f"{marts.schools[value]} {value}" if value in marts.schools else value)


def _feeds(marts: Marts, value: str, row: Row) -> Text:  # noqa: ARG001 (a form)
    return feed_words(marts, value)


def feed_words(marts: Marts, feeds: str) -> Text:
    """The words of feeds separated by commas; a borrowed value's says so."""
    texts = []
    for one in feeds.split(","):
        feed, borrowed = one.strip().removesuffix(" (borrowed)"), one.strip().endswith(" (borrowed)")
        words = marts.feeds.get(feed) or SOURCES.get(feed) or _same(feed)
        texts.append(Text(f"{words.zh}（借用）", f"{words.en} (borrowed)") if borrowed else words)
    return _joined(texts)


def _exam(marts: Marts, value: str, row: Row) -> Text:  # noqa: ARG001 (a form)
    return marts.exam(value)


def _exams(marts: Marts, value: str, row: Row) -> Text:  # noqa: ARG001 (a form)
    return _joined(marts.exam(one) for one in value.split(","))


def _methods(marts: Marts, value: str, row: Row) -> Text:  # noqa: ARG001 (a form)
    return _joined(_VALUE_KINDS.get(one, _same(one)) for one in value.split(","))


def _joined(texts: Iterable[Text]) -> Text:
    every = list(texts)
    return Text("，".join(text.zh for text in every), ", ".join(text.en for text in every))


def _reference(marts: Marts, value: str, row: Row) -> Text:
    return marts.exam(value) if row.get("kind") == "exam" else _same(value)


def _what(marts: Marts, value: str, row: Row) -> Text:
    return marts.label(row["what_code_set"], value)


def _timeline_date(marts: Marts, value: date, row: Row) -> Text:
    return _month(marts, value, row) if row.get("date_precision") == "month" else _same(value.isoformat())


def _levels(marts: Marts, value: str, row: Row) -> Text:  # noqa: ARG001 (a form)
    pairs = [one.partition(":") for one in value.split(",")]
    texts = [(marts.label("quality_dimension", name), level) for name, _, level in pairs]
    return Text(
        "，".join(f"{label.zh} {level}" for label, level in texts),
        ", ".join(f"{label.en} {level}" for label, level in texts),
    )


def _kind(marts: Marts, value: str, row: Row) -> Text:
    return marts.label("timeline_event", value) if "event_id" in row else _same(value)


def _level(marts: Marts, value: str, row: Row) -> Text:
    """Of a fitness test; a level of the evaluation is a letter."""
    return marts.label("fitness_level", value) if "graduation_level" in row else _same(value)


def _reason(marts: Marts, value: str, row: Row) -> Text:  # noqa: ARG001 (a form)
    """A reason by its code; one in both languages has a slash between them."""
    zh, slash, en = value.partition(" / ")
    return Text(zh, en) if slash else REASONS.get(value, _same(value))


def _status(marts: Marts, value: str, row: Row) -> Text:
    return marts.label("teacher_status" if "teacher_key" in row else "school_status", value)


def _stages(marts: Marts, value: str, row: Row) -> Text:  # noqa: ARG001 (a form)
    texts = [_STAGES.get(one, _same(one)) for one in value.split(",")]
    return Text("、".join(text.zh for text in texts), ", ".join(text.en for text in texts))


def _indicator(marts: Marts, value: str, row: Row) -> Text:  # noqa: ARG001 (a form)
    return marts.indicators.get(value, _same(value))


FORMS: dict[str, Form] = {
    "sex": code("sex"),
    "grade": code("grade"),
    "ethnicity": code("ethnicity"),
    "boarding": code("boarding"),
    "left_behind": code("left_behind"),
    "subject": code("subject"),
    "degree": code("degree"),
    "title": code("teacher_title"),
    "post": code("teacher_post"),
    "type_code": code("school_type"),
    "urban_rural": code("urban_rural"),
    "fitness_level": code("fitness_level"),
    "graduation_level": code("fitness_level"),
    "bmi_level": code("bmi_level"),
    "dimension": code("quality_dimension"),
    "kind": _kind,
    "level": _level,
    "level_by": code("quality_evaluator"),
    "what": _what,
    "reference": _reference,
    "exam_id": _exam,
    "latest_exam_id": _exam,
    "school_code": _school,
    "to_school_code": _school,
    "previous_school_code": _school,
    "organisation_code": _school,
    "source": _feeds,
    "exam_sources": _feeds,
    "items_source": _feeds,
    "homework_sources": _feeds,
    "growth_exam_id": _exam,
    "exam_ids": _exams,
    "growth_methods": _methods,
    "level_reason": _reason,
    "growth_reason": _reason,
    "weak_points_reason": _reason,
    "homework_reason": _reason,
    "score_rate": _percent,
    "sources": _feeds,
    "created_by": _feeds,
    "feed": _feeds,
    "stage": _words(_STAGES),
    "day_type": _words(DAY_TYPES),
    "growth_method": _words(_VALUE_KINDS),
    "value_kind": _words(_VALUE_KINDS),
    "reason": _reason,
    "status": _status,
    "district_code": _school,
    "publication_rate": _percent,
    "student_day_completeness": _percent,
    "class_day_completeness": _percent,
    "stages": _stages,
    "why_no_growth": _words(REASONS),
    "fitness_reason": _words(REASONS),
    "event_date": _timeline_date,
    "entry_month": _month,
    "school_joined": _month,
    "birth_year": _year,
    "work_began_year": _year,
    "evaluation_levels": _levels,
    "indicator_id": _indicator,
    "coverage": _percent,
    "completeness": _percent,
    "attendance_rate": _percent,
    "reader_share": _percent,
    "student_day_rate": _percent,
    "class_day_rate": _percent,
    "homework_student_day_rate": _percent,
    "homework_class_day_rate": _percent,
}
