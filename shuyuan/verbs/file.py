"""`shuyuan file`: the file of one student, teacher, school or class (一生一档, 一师一档, 一校一档, 学情报告).

Stays out: what is on a page (`pages`), who a person is (`warehouse.records.people_by_name`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shuyuan.verbs.night import LakeOption, RegisterOption
from shuyuan.verbs.trace import IdentifiedOption, time_and_secret

if TYPE_CHECKING:
    from common.settings import Settings
    from pages import Identity, Marts, Page
    from warehouse.records.people_by_name import Person

_KEYS = {"student": ("one_student_one_file", "student_key"), "teacher": ("one_teacher_one_file", "teacher_key")}
_KEY_LENGTH = 12  # of a person's key in the name of a file


class Kind(StrEnum):
    """Whose file it is."""

    student = "student"
    teacher = "teacher"
    school = "school"
    class_ = "class"


class Language(StrEnum):
    """The language in which a page opens."""

    zh = "zh"
    en = "en"


def file(
    kind: Annotated[Kind, typer.Argument(help="Whose file.")],
    key: Annotated[
        str,
        typer.Argument(
            help="Any identifier: a key of a release, 学籍号, staff or ID number; a person's name, with --school; "
            "a school's code or name; of a class SCHOOL:CLASS, or its code with --school."
        ),
    ],
    school: Annotated[
        str | None, typer.Option(metavar="CODE|NAME", help="The school of the person or class that is meant.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on the screen, in place of a page.")] = False,
    output: Annotated[
        Path | None, typer.Option(help="The file to write; default: KIND-KEY.html here. Never inside a release.")
    ] = None,
    language: Annotated[Language, typer.Option(help="The language in which it opens.")] = Language.zh,
    identified: IdentifiedOption = False,
    addressee: Annotated[
        str | None, typer.Option(metavar="NAME", help="With --identified: for whom it is; it is put in their outbox.")
    ] = None,
    lake: LakeOption = None,
    register_dir: RegisterOption = None,
) -> None:
    """Write one printable page about a student, teacher, school or class, from the current release.

    Without --identified nothing on it names a person. With it the name and number stand on it, the page goes to
    outbox/ADDRESSEE in the lake, and the access log says so.
    """
    import registry
    from common.settings import load_settings
    from pages import Marts, as_html
    from warehouse.lake import Lake
    from warehouse.release.query import open_release

    _refuse(kind, output, identified, addressee)
    settings = load_settings(lake=lake, registry=register_dir)
    lake_paths = Lake(settings.lake)
    with open_release(lake_paths) as (release, connection):
        marts = Marts(connection, registry.load(settings.registry), release)
        page = _page(marts, settings, kind, key, school, identified)
        text = json.dumps(page.as_dict(), ensure_ascii=False, indent=1) if as_json else as_html(page, marts, language)
    name = f"{kind.value}-{page.key[:_KEY_LENGTH] if kind.value in _KEYS else page.key.replace(':', '-')}"
    if identified and addressee:
        typer.echo(_to_outbox(settings, addressee, f"{name}.{'json' if as_json else 'html'}", text))
    elif as_json and output is None:
        typer.echo(text)
    else:
        typer.echo(_write(lake_paths.releases, output or Path(f"{name}.html"), text))


def _refuse(kind: Kind, output: Path | None, identified: bool, addressee: str | None) -> None:
    if identified and kind is Kind.school:
        raise typer.BadParameter("A school's file names nobody: leave --identified out.")
    if identified and not addressee:
        raise typer.BadParameter("Say for whom it is with --addressee: a page with names goes to one addressee.")
    if identified and output:
        raise typer.BadParameter("A page with names goes to the outbox of its addressee: leave --output out.")
    if addressee and not identified:
        raise typer.BadParameter("--addressee is for pages with names: add --identified, or use --output.")


def _page(marts: Marts, settings: Settings, kind: Kind, key: str, school: str | None, identified: bool) -> Page:
    from pages import Identity, class_page, school_page, student_page, teacher_page

    if kind is Kind.school:
        return school_page(marts, _school(marts, settings, key))
    if kind is Kind.class_:
        place, code = _class(marts, settings, key, school)
        return class_page(marts, place, code, _pupils(settings, place, code) if identified else None)
    page = student_page if kind is Kind.student else teacher_page
    if not identified and school is None and _is_key(marts, kind.value, key):
        return page(marts, key.strip())
    person = _person(settings, kind.value, key, school, identified)
    return page(marts, person.key, Identity(person.name, person.number) if identified else None)


def _is_key(marts: Marts, kind: str, key: str) -> bool:
    """Whether it is a key of the release, for which nobody has to look into the lake."""
    mart, column = _KEYS[kind]
    return bool(marts.rows(mart, f"{column} = $1", [key.strip()], column))


def _person(settings: Settings, kind: str, key: str, school: str | None, identified: bool) -> Person:
    from warehouse.disclosure.value_display import Showing
    from warehouse.lake import Lake
    from warehouse.records.people_by_name import find_person

    at, secret = time_and_secret(settings)
    return find_person(Lake(settings.lake), kind, key, at, school, Showing(identified, secret))


def _pupils(settings: Settings, school: str, code: str) -> Mapping[str, Identity]:
    from pages import Identity
    from warehouse.lake import Lake
    from warehouse.records.people_by_name import class_members

    at, secret = time_and_secret(settings)
    people = class_members(Lake(settings.lake), school, code, at, secret)
    return {person.key: Identity(person.name, person.number) for person in people}


def _school(marts: Marts, settings: Settings, key: str) -> str:
    """The code of a school: of the release, by its code or name; else by a former one, which the lake knows."""
    from warehouse.lake import Lake
    from warehouse.records.people_by_name import find_school

    text = key.strip()
    rows = marts.rows("one_school_one_file", "school_code = $1 or name = $1", [text], "school_code")
    codes = [row["school_code"] for row in rows]
    if len(codes) == 1 or text in codes:
        return text if text in codes else str(codes[0])
    return find_school(Lake(settings.lake), text)


def _class(marts: Marts, settings: Settings, key: str, school: str | None) -> tuple[str, str]:
    """The school and code of a class: SCHOOL:CLASS, or a class with its school; by its code or its name."""
    place, colon, text = key.rpartition(":") if school is None else (school, ":", key)
    if not colon:
        raise typer.BadParameter("Say the class as SCHOOL:CLASS, or its school with --school.")
    code = _school(marts, settings, place)
    rows = marts.rows("class", "school_code = $1 and $2 in (class_code, name)", [code, text.strip()], "class_code")
    codes = sorted({row["class_code"] for row in rows})
    if len(codes) > 1:
        raise typer.BadParameter(f"Several classes have that name: give the code, one of {', '.join(codes)}.")
    return code, codes[0] if codes else text.strip()


def _to_outbox(settings: Settings, addressee: str, name: str, text: str) -> Path:
    import registry
    from common.settings import load_reader_settings
    from warehouse.lake import Lake, readers_of
    from warehouse.records.addressed_file import write_addressed

    readers = readers_of(load_reader_settings(), registry.load(settings.registry))
    return write_addressed(Lake(settings.lake), addressee, name, text, readers)


def _write(releases: Path, path: Path, text: str) -> Path:
    from common import files

    target = path.expanduser().absolute()
    if target.resolve().is_relative_to(releases.resolve()):
        raise typer.BadParameter("A release is not written to: give another place with --output.")
    if not target.parent.is_dir():
        raise typer.BadParameter(f"The folder {target.parent} is not there: make it, or give another with --output.")
    files.write_text(target, text)
    return target
