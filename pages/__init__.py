"""Pages that people look at: the files of a student, a teacher, a school and a class.

一生一档, 一师一档, 一校一档, 学情报告.

Lives here: one module a page (`student`, `teacher`, `school`, `school_class`), the templates, and the one script that
draws pictures (`vendor/`, Apache ECharts, with its SHA-256 and licence).
Add here: another page; a table on one of them.
Stays out: numbers. A page shows what a mart says, in the words of the release; whatever must be computed is a mart.
Opening a release and finding a record are `warehouse`'s; who may see names is decided there.
"""

from pages.content import Identity, Page
from pages.html import as_html
from pages.marts import Marts, NoSuchRecord
from pages.school import school_page
from pages.school_class import class_page
from pages.student import student_page
from pages.teacher import teacher_page

__all__ = [
    "Identity",
    "Marts",
    "NoSuchRecord",
    "Page",
    "as_html",
    "class_page",
    "school_page",
    "student_page",
    "teacher_page",
]
