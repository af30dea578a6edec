"""Two rosters of one small town, OneRoster's and School Data Sync's: their files as text, and the days that are asked.

In CHANGED, which OneRoster sends on the second night, one has left a class, one came back to another grade, a day is
corrected, and a class is renamed.
"""

from __future__ import annotations

from datetime import date

from tests.end_to_end import rosters

ORGS = """
    sourcedId,name,type,parentSourcedId
    ST,The state,state,
    D1,North,district,ST
    S1,First school,school,D1
    P1,Physics,department,S1
    S2,Second school,school,
"""
TREE = {
    ("900000", None, "district"), ("ST", "900000", "district"), ("D1", "ST", "district"), ("S1", "D1", "school"),
    ("S2", "900000", "school"),
}  # fmt: skip
ONEROSTER = {
    "orgs": ORGS,
    "academicSessions": """
        sourcedId,title,type,startDate,endDate,schoolYear
        T1,Fall,term,2025-08-15,2025-12-20,2026
        T2,Spring,term,2026-01-08,2026-06-12,2026
    """,
    "courses": "sourcedId,title,orgSourcedId\nK1,Mathematics,S1",
    "classes": """
        sourcedId,title,grades,courseSourcedId,classType,schoolSourcedId,termSourcedIds
        H1,Five A,05,K1,homeroom,S1,"T1, T2"
        C1,Music,,K1,scheduled,S1,T1
        C2,Art,,K1,scheduled,S2,T2
    """,
    "users": """
        sourcedId,orgSourcedIds,role,givenName,familyName,grades,identifier
        A,S1,student,Ann,Lee,05,1
        B,S1,student,Bea,Lee,05,2
        C,S2,student,Cy,Lee,06,3
        Z,S1,teacher,Zoe,Lee,,9
    """,
    "enrollments": """
        sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
        1,,H1,S1,A,student,false,,
        2,,H1,S1,B,student,false,2025-09-01,
        3,,C1,S1,A,student,false,2025-08-15,2025-09-20
        4,,C1,S1,A,student,false,2025-10-10,
        5,,C1,S1,B,student,false,,
        6,,C2,S2,C,student,false,,2026-03-01
        7,tobedeleted,C2,S2,B,student,false,,
        8,,C1,S1,Z,teacher,true,,
        9,,C1,S1,Z,student,false,,
    """,
}
CHANGED = ONEROSTER | {
    "enrollments": ONEROSTER["enrollments"].replace("5,,C1,S1,B,student,false,,\n", "")
    .replace("B,student,false,2025-09-01", "B,student,false,2025-09-08"),
    "users": ONEROSTER["users"].replace("Cy,Lee,06", "Cy,Lee,07"),
    "classes": ONEROSTER["classes"].replace("Five A", "Five B"),
}  # fmt: skip
SDS = {
    "orgs": ORGS,
    "academicSessions": """
        sourcedId,title,type,schoolYear,startDate,endDate
        T1,Fall,term,2025,2025-08-15,2025-12-20
    """,
    "courses": "sourcedId,orgSourcedId,title\nK1,S1,Mathematics",
    "users": "sourcedId,username,givenName,familyName\nA,a,Ann,Lee\nB,b,Bea,Lee\nZ,z,Zoe,Lee",
    "roles": """
        userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate
        A,S1,student,T1,05,true,,
        B,S1,student,T1,05,true,,
        Z,S1,teacher,T1,,true,,
    """,
    "classes": """
        sourcedId,orgSourcedId,title,sessionSourcedIds,courseSourcedId
        C1,S1,Music,T1,K1
        C2,S1,Art,,K1
    """,
    "enrollments": """
        classSourcedId,userSourcedId,role
        C1,A,student
        C1,B,student
        C2,B,student
        C1,Z,teacher
    """,
}
YEAR = rosters.each_day(date(2025, 8, 10), date(2026, 6, 20))


def tables(text: dict[str, str]) -> dict[str, list[rosters.Row]]:
    """The rows of a roster's files."""
    return {name: rosters.table(held) for name, held in text.items()}
