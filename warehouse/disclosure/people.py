"""Which marts tell of single people, and which of their released columns could tell who somebody is.

Add here: another key by which the marts name people.
Stays out: counting the people who stand out (`expectations`), what a policy does to a value (`policy`).

Both follow from the elements that the marts' columns declare and from the register: a quasi-identifier is a released
column of an element that tells people apart (`registry.model`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from registry.model import PersonEntity, Register
from warehouse.disclosure.mart_docs import MartDoc
from warehouse.disclosure.policy import elements_of, policy_of

KEYS: dict[str, PersonEntity] = {"student_key": "student", "teacher_key": "teacher"}
NATURE = {
    "zh": "本发布经假名化处理，不是匿名数据：键可将同一人的各行关联起来，结合班级、性别、出生年等仍可能识别到个人。"
    "依《个人信息保护法》第四条、第七十三条仍属个人信息；不满十四周岁未成年人的，依第二十八条属敏感个人信息。"
    "只提供给教育局为特定目的批准的人员，不得公开、转交或用于重新识别个人。",
    "en": "This release is pseudonymous, not anonymous: a key joins all rows of a person, and class, sex, year of "
    "birth and the like may still tell who it is. It is personal information by articles 4 and 73 of China's Personal "
    "Information Protection Law (PIPL); that of children under 14 is sensitive by article 28. It is for those alone "
    "whom the bureau has admitted for a stated purpose, and must not be published, passed on, or used to identify "
    "anybody.",
}


@dataclass(frozen=True)
class PeopleOfMart:
    """The people of one mart: under which key they stand, and by which of its columns they might be recognised.

    `one_row_each`: whether the key is the whole grain.
    """

    mart: str
    entity: PersonEntity
    key: str
    quasi_identifiers: tuple[str, ...]
    one_row_each: bool


def people_of(docs: Iterable[MartDoc], register: Register) -> Iterator[PeopleOfMart]:
    """The people of each mart that names single ones, by a column released as one of `KEYS`."""
    for doc in docs:
        shown = (c for c in doc.columns.values() if policy_of(doc, c, register) not in ("empty", "drop"))
        released = {column.released_as or column.name: column for column in shown}
        telling = tuple(n for n, c in released.items() if any(e.tells_apart for e in elements_of(c, register)))
        for key, entity in KEYS.items():
            if key in released:
                yield PeopleOfMart(doc.name, entity, key, telling, doc.grain == (key,))


def manifest_entry(docs: Iterable[MartDoc], register: Register) -> dict[str, Any]:
    """What the manifest says of personal data: what the release is, k and its limits, and the people of each mart."""
    rule = register.bureau.k_anonymity
    people = [asdict(one) for one in people_of(docs, register)]
    return {"nature": NATURE, "k": rule.k, "share_max": dict(rule.share_max), "people": people}
