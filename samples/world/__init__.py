"""The city as it is: schools, people, calendar, exams and homework, before any system writes of them.

Lives here: models made from a seed, as whole columns.
Add here: another side of school life.
Stays out: files, errors, nights.
"""
