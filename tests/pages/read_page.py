"""Reads a page as its reader does: figures and tables with their values, and the words of a language."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class ReadTable:
    mart: str
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


class ReadPage(HTMLParser):
    """`figures`: (mart, column) -> value; `words`: language -> what stands on the page; `links`: addresses in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.figures: dict[tuple[str, str], str] = {}
        self.tables: list[ReadTable] = []
        self.charts: list[dict[str, str]] = []
        self.words: dict[str, list[str]] = {"zh-CN": [], "en": []}
        self.links: list[str] = []
        self._language: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.links += [given[name] for name in ("src", "href", "action") if name in given]
        if tag == "div" and "figure" in given.get("class", "").split():
            self.figures[given["data-mart"], given["data-column"]] = given["data-value"]
        elif tag == "div" and given.get("class") == "chart":
            self.charts.append(given)
        elif tag == "table":
            self.tables.append(ReadTable(given["data-mart"]))
        elif tag == "th":
            self.tables[-1].columns.append(given["data-column"])
        elif tag == "tr" and self.tables and self.tables[-1].columns:
            self.tables[-1].rows.append([])
        elif tag == "td":
            self.tables[-1].rows[-1].append(given["data-value"])
        elif tag == "span":
            self._language = given.get("lang")

    def handle_endtag(self, tag: str) -> None:
        if tag == "span":
            self._language = None

    def handle_data(self, data: str) -> None:
        if self._language in self.words and data.strip():
            self.words[self._language].append(data.strip())

    def table(self, mart: str) -> ReadTable:
        (table,) = [one for one in self.tables if one.mart == mart]
        return table
