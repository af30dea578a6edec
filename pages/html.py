"""One page as one HTML file: it opens from a file share by double click, without a server and without a network.

Lives here: how a page is put into the template; style and script stand in it whole, so that the file can be sent on.
Stays out: what is on a page (`content`).
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pages.content import Origin, Page, Text
from pages.forms import feed_words
from pages.marts import Marts

_HERE = Path(__file__).parent
LANGUAGES = ("zh", "en")
_IDENTIFIED = Text(
    "本页含姓名与学籍号或教职工号，只供收件人使用；制作已记入访问日志。",
    "This page names a person and is for its addressee alone; that it was made stands in the access log.",
)


def as_html(page: Page, marts: Marts, language: str = "zh") -> str:
    """The HTML of a page that opens in a language, and switches to the other. `marts`: for the words of feeds."""

    def source(origin: Origin) -> Text | None:
        return feed_words(marts, origin.source) if origin.source else None

    def feed(name: str) -> Text:
        return feed_words(marts, name)

    return (
        _environment()
        .get_template("page.html")
        .render(page=page, language=language, source=source, feed=feed, draws=_draws(page), identified=_IDENTIFIED)
    )


def _draws(page: Page) -> bool:
    return any(table.chart for section in page.sections for table in section.tables)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["day"] = lambda value: isinstance(value, date)
    environment.globals["style"] = Markup(_text("templates/page.css"))  # noqa: S704 (ours)
    environment.globals["script"] = Markup(_text("templates/page.js"))  # noqa: S704 (ours)
    environment.globals["echarts"] = Markup(_text("vendor/echarts.min.js"))  # noqa: S704 (vendored, its hash is held)
    return environment


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
