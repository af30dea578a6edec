"""What a header of a score sheet says: of which subject, and which measure.

Lives here: the grammar by which the words of `business_words.yml` and the names of subjects are found in a header.
Add here: another way in which a header joins words; a further word belongs into `business_words.yml`.
Stays out: where the header stands and which column counts (`ingest.tables`), what a mark means (`dbt_project`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from registry.codes import code_of
from registry.model import Exam, Register

_BLANK = re.compile("_x000[dD]_|[\\s*★☆\u200b-\u200f\u2060\ufeff\u00ad]+")
_SEPARATOR = re.compile(r"[_\-—–/\\.·•・:|,、;~+&#%=]")
_BRACKETS = re.compile(r"[(\[{<【《〔]([^()\[\]{}<>【】《》〔〕]*)[)\]}>】》〕]")
_FULL_MARK = re.compile(r"(?:满分|总分|分值|full)?[:=]?\d{2,3}(?:\.\d+)?分?(?:满分|制|卷)?")
_FULL_MARK_AT_END = re.compile(r"(?:满分[:=]?|/)\d{2,3}(?:\.\d+)?分?$|(?<!\d)\d{2,3}(?:\.0+)?分$")
_PARTS = re.compile(r"[|_\-—–/:、,()\[\]]+|(?<=\d)(?=\D)|(?<=\D)(?=\d)")
_WHEN = re.compile(
    r"20\d\d(?:-20\d\d)?(?:学年|年|届|级)?|第?[一二三四五六七八九十\d]+(?:次|学期|单元|月)|[一二三四五六七八九]年级|[七八九][上下]|初[一二三四]|高[一二三]"
)

SUBJECT: Final = "subject"  # under which a row keeps its subject, where a sheet is of one row per pupil and subject

Kind = Literal["mark", "measure", "total", "other", "unknown"]
_Word = tuple[str, str]  # what kind of word it is, and the code of a subject


@dataclass(frozen=True)
class Heading:
    """What a header says.

    `kind`: a `mark` of one subject; a `measure` of marks without a subject; a `total`; `other`, which is known to be no
    mark (a rank, a level); or `unknown`. `subject`: its code. `rank`: of several marks of a subject the lowest counts
    (0 raw, 1 plain, 2 converted).
    """

    kind: Kind
    subject: str = ""
    rank: int = 1


class MarkSheets:
    """The grammar of the headers of one source's score sheets."""

    def __init__(self, register: Register, source: str) -> None:
        """Raises RegisterError where the register has no code set `subject`."""
        words = register.business_words.mark_sheet
        self._codes = code_of(register, "subject", source)
        self._labels = {c.code: c.label.zh for c in register.codes("subject") if c.label}
        self._stands_for = words.stands_for
        self._exams = {exam.id: exam for exam in register.exams}
        self._asides = {_plain(word) for word in words.asides}
        self._subject_headers = {_plain(word) for word in words.subject_headers}
        self._absence_headers = {_plain(word) for word in words.absence_headers}
        self._present = {_plain(word) for word in words.present}
        self._not_needed = {_plain(word) for word in words.not_needed}
        self._words: dict[str, _Word] = {}
        known = set(self._codes.values())
        short = {text: code for text, code in words.short_subjects.items() if code in known}
        for text, code in [*short.items(), *self._codes.items()]:
            if not text.isdecimal():
                self._words[_plain(text)] = ("subject", code)
        for kind, texts in (
            ("beside", words.beside),
            ("plain", register.business_words.mark_headers),
            ("raw", words.raw),
            ("converted", words.converted),
            ("total", words.totals),
            ("other", words.other_measures),
        ):
            self._words |= {_plain(text): (kind, "") for text in texts}
        self._longest = max(map(len, self._words), default=0)
        self.heading = cache(self._heading)
        self.measure = (register.business_words.mark_headers or ("",))[0]

    def exam_of(self, scope: str | None) -> Exam | None:
        """The exam that a slice names, if the register has it."""
        return next((self._exams[part] for part in (scope or "").split("/") if part in self._exams), None)

    def is_subject_column(self, header: str) -> bool:
        """Whether a header is that of the column that names a row's subject."""
        return _plain(header) in self._subject_headers

    def is_absence_column(self, header: str) -> bool:
        """Whether a header is that of the column that says who was absent."""
        return _plain(header) in self._absence_headers

    def is_absent(self, said: str) -> bool:
        """Whether a cell of that column says so."""
        return _plain(said) not in self._present

    def named(self, text: str) -> Heading:
        """What a cell of the column that names a row's subject says: its name in any form, its code, or both."""
        heading = self.heading(text)
        if heading.kind != "unknown":
            return heading
        parts = [part for part in _PARTS.split(_plain(text)) if part]
        codes = {self._codes.get(part, self._words.get(part, ("", ""))[1]) for part in parts}
        return Heading("mark", codes.pop()) if len(codes) == 1 and "" not in codes else heading

    def says_full_mark(self, text: str) -> bool:
        """Whether a cell below a header says the full mark of its subject: 满分：100, (100分)."""
        said = _plain(text)
        inner = _BRACKETS.fullmatch(said)
        is_marked = inner is not None or not said[:1].isdigit()
        return is_marked and _FULL_MARK.fullmatch(inner[1] if inner else said) is not None

    def is_needed(self, header: str) -> bool:
        """Whether a header that is no mark must be listed."""
        return _plain(header) not in self._not_needed

    def subject_of(self, code: str, exam: Exam | None) -> str | None:
        """The subject of an exam that a code means: 外语 is the exam's one foreign language. None: it has none."""
        if exam is None or not exam.subjects or code in exam.subjects:
            return code
        meant = [other for other in self._stands_for.get(code, ()) if other in exam.subjects]
        return meant[0] if len(meant) == 1 else None

    def label(self, code: str) -> str:
        """The name of a subject."""
        return self._labels.get(code, code)

    def names(self, exam: Exam | None) -> list[str]:
        """The names of an exam's subjects, or of all."""
        return [self.label(code) for code in (exam.subjects if exam and exam.subjects else self._labels)]

    def _heading(self, header: str) -> Heading:
        words = self._words_of(header)
        if words is None:
            return Heading("unknown")
        kinds = {kind for kind, _ in words}
        subjects = self._meant({code for kind, code in words if kind == "subject"})
        if "other" in kinds:
            return Heading("other")
        if "total" in kinds and len(subjects) != 1:
            return Heading("total")
        if len(subjects) > 1 or {"raw", "converted"} <= kinds:
            return Heading("unknown")
        rank = 0 if "raw" in kinds else 2 if "converted" in kinds else 1
        if subjects:
            return Heading("mark", next(iter(subjects)), rank)
        return Heading("measure", "", rank) if kinds & {"raw", "plain", "converted"} else Heading("unknown")

    def _meant(self, subjects: set[str]) -> set[str]:
        """Subjects without those that mean another of them, as 外语 in 外语(英语)."""
        return {code for code in subjects if not subjects & set(self._stands_for.get(code, ()))}

    def _words_of(self, header: str) -> list[_Word] | None:
        """The words of a header, what stands in brackets last; None where it holds another one."""
        text = _WHEN.sub("_", _plain(header))
        asides = [inner for inner in _BRACKETS.findall(text) if inner]
        text = _FULL_MARK_AT_END.sub("", _BRACKETS.sub("_", text))
        if len(text) + sum(map(len, asides)) > 100:
            return None
        parts = [text, *(a for a in asides if a not in self._asides and not _FULL_MARK.fullmatch(a))]
        found: list[_Word] = []
        for part in parts:
            words = self._cut(part)
            if words is None:
                return None
            found += words
        return found

    def _cut(self, text: str) -> list[_Word] | None:
        """A text cut into known words, the longest first; None where that cannot be done."""
        dead: set[int] = set()

        def after(start: int) -> list[_Word] | None:
            while start < len(text) and _SEPARATOR.match(text[start]):
                start += 1
            if start == len(text):
                return []
            if start in dead:
                return None
            for length in range(min(self._longest, len(text) - start), 0, -1):
                word = self._words.get(text[start : start + length])
                rest = after(start + length) if word else None
                if word and rest is not None:
                    return [word, *rest]
            dead.add(start)
            return None

        return after(0)


def _plain(text: str) -> str:
    """A text for comparison: as codes are compared, without any blank."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", text)).casefold()
