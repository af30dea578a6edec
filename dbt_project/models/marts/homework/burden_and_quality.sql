with terms as (
    select * from {{ ref('policy_terms') }}
),

-- a term's figures are of its own days, and those of before a policy of the days of its base
spans as (
    select term, term as span_term, policy_date, comparison
    from terms

    union

    select term, base_term, policy_date, comparison
    from terms
    where base_term is not null
),

grade_loads as (
    select
        spans.term,
        parts.school_code,
        parts.grade,
        {%- for name in ['student_days_expected', 'student_days'] %}
        sum(parts.{{ name }}) filter (where {{ is_of_term('spans') }}) as {{ name }},
        sum(parts.{{ name }}) filter (where {{ is_before_policy('spans', 'parts') }}) as {{ name }}_before,
        sum(parts.{{ name }}) filter (where {{ is_after_policy('spans', 'parts') }}) as {{ name }}_after{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref('homework_grade_months') }} as parts
    inner join spans on parts.term = spans.span_term
    group by spans.term, parts.school_code, parts.grade
),

subject_loads as (
    select
        spans.term,
        parts.school_code,
        parts.grade,
        parts.subject,
        sum(parts.minutes) filter (where {{ is_of_term('spans') }}) as minutes,
        sum(parts.minutes) filter (where {{ is_before_policy('spans', 'parts') }}) as minutes_before,
        sum(parts.minutes) filter (where {{ is_after_policy('spans', 'parts') }}) as minutes_after
    from {{ ref('homework_subject_months') }} as parts
    inner join spans on parts.term = spans.span_term
    group by spans.term, parts.school_code, parts.grade, parts.subject
),

-- the grades that have homework in the subject on either side; who is measured and has none of it counts with 0
loads as (
    select
        subjects.term,
        subjects.school_code,
        subjects.grade,
        subjects.subject,
        coalesce(subjects.minutes, 0) as minutes,
        coalesce(subjects.minutes_before, 0) as minutes_before,
        coalesce(subjects.minutes_after, 0) as minutes_after,
        {%- for side in ['', '_before', '_after'] %}
        coalesce(grades.student_days_expected{{ side }}, 0) as student_days_expected{{ side }},
        coalesce(grades.student_days{{ side }}, 0) as student_days{{ side }},
        {%- endfor %}
        coalesce(grades.student_days_before, 0) > 0 and coalesce(grades.student_days_after, 0) > 0 as is_compared
    from subject_loads as subjects
    left join grade_loads as grades
        on subjects.term = grades.term and subjects.school_code = grades.school_code and subjects.grade = grades.grade
),

-- another mix of grades is no other load: before is weighed as the grades are after
load_sums as (
    select
        term,
        school_code,
        subject,
        sum(student_days_expected) as student_days_expected,
        sum(student_days) as student_days,
        sum(minutes) as minutes,
        sum(student_days_before) as student_days_before,
        sum(student_days_after) as student_days_after,
        {{ grades_compared() }} as grades,
        sum(student_days_expected_before) filter (where is_compared) as compared_expected_before,
        sum(student_days_before) filter (where is_compared) as compared_before,
        sum(student_days_expected_after) filter (where is_compared) as compared_expected_after,
        sum(student_days_after) filter (where is_compared) as compared_after,
        {{ weighed_as_after('minutes_before', 'student_days_before', 'student_days_after') }} as minutes_before,
        sum(minutes_after) filter (where is_compared) as minutes_after
    from loads
    group by term, school_code, subject
),

marks as (
    select *, compared_before > 0 and compared_after > 0 as is_compared
    from {{ ref('term_marks') }}
),

mark_sums as (
    select
        term,
        school_code,
        subject,
        sum(students) as students,
        sum(marks) as marks,
        sum(t_total) as t_total,
        sum(students_before) as students_before,
        sum(students_after) as students_after,
        {{ grades_compared() }} as grades,
        sum(compared_before) filter (where is_compared) as compared_before,
        sum(compared_after) filter (where is_compared) as compared_after,
        {{ weighed_as_after('t_before', 'compared_before', 'compared_after') }} as t_before,
        sum(t_after) filter (where is_compared) as t_after
    from marks
    group by term, school_code, subject
),

-- of a term that has not begun, or of which a school has told nothing, its days before the policy alone are no row
schools as (
    select term, school_code from grade_loads where student_days_expected > 0
    union
    select term, school_code from marks where students > 0
),

subjects as (
    select term, school_code, subject from load_sums
    union
    select term, school_code, subject from mark_sums
),

figures as (
    select
        subjects.school_code,
        subjects.subject,
        subjects.term,
        terms.policy,
        terms.policy_date,
        terms.policy_date > terms.last_day as is_policy_to_come,
        terms.comparison,
        terms.base_term,
        coalesce(loads.student_days_expected, 0) as student_days_expected,
        coalesce(loads.student_days, 0) as student_days,
        loads.minutes / nullif(loads.student_days, 0) as written_minutes_mean,
        loads.grades as load_grades,
        coalesce(loads.student_days_before, 0) as all_days_before,
        coalesce(loads.student_days_after, 0) as all_days_after,
        coalesce(loads.compared_before, 0) as student_days_before,
        coalesce(loads.compared_after, 0) as student_days_after,
        loads.compared_before / nullif(loads.compared_expected_before, 0) as completeness_before,
        loads.compared_after / nullif(loads.compared_expected_after, 0) as completeness_after,
        cast(round(loads.minutes_before / loads.compared_after, 6) as decimal(18, 6)) as minutes_before,
        cast(round(loads.minutes_after / loads.compared_after, 6) as decimal(18, 6)) as minutes_after,
        loads.subject is not null as has_homework,
        coalesce(marks.students, 0) as students,
        coalesce(marks.marks, 0) as marks,
        marks.t_total / nullif(marks.marks, 0) as t_score_mean,
        marks.grades as mark_grades,
        coalesce(marks.students_before, 0) as all_students_before,
        coalesce(marks.students_after, 0) as all_students_after,
        coalesce(marks.compared_before, 0) as students_before,
        coalesce(marks.compared_after, 0) as students_after,
        cast(round(marks.t_before / marks.compared_after, 6) as decimal(18, 6)) as t_score_before,
        cast(round(marks.t_after / marks.compared_after, 6) as decimal(18, 6)) as t_score_after
    from subjects
    inner join terms on subjects.term = terms.term
    inner join schools on subjects.term = schools.term and subjects.school_code = schools.school_code
    left join load_sums as loads
        on subjects.term = loads.term and subjects.school_code = loads.school_code and subjects.subject = loads.subject
    left join mark_sums as marks
        on subjects.term = marks.term and subjects.school_code = marks.school_code and subjects.subject = marks.subject
)

select
    school_code,
    subject,
    term,
    policy,
    policy_date,
    comparison,
    base_term,
    cast(student_days_expected as bigint) as student_days_expected,
    cast(student_days as bigint) as student_days,
    round(student_days / nullif(student_days_expected, 0), 6) as completeness,
    cast(round(written_minutes_mean, 6) as double) as written_minutes_mean,
    cast(students as bigint) as students_marked,
    cast(marks as bigint) as marks,
    cast(round(t_score_mean, 6) as double) as t_score_mean,
    load_grades,
    cast(student_days_before as bigint) as student_days_before,
    cast(student_days_after as bigint) as student_days_after,
    round(completeness_before, 6) as completeness_before,
    round(completeness_after, 6) as completeness_after,
    cast(minutes_before as double) as minutes_before,
    cast(minutes_after as double) as minutes_after,
    cast(minutes_after - minutes_before as double) as minutes_change,
    {{ why_not_compared('load_grades', 'has_homework', 'no_homework', 'all_days_before', 'all_days_after', 'not_measured') }} as load_reason,
    mark_grades,
    cast(students_before as bigint) as students_before,
    cast(students_after as bigint) as students_after,
    cast(t_score_before as double) as t_score_before,
    cast(t_score_after as double) as t_score_after,
    cast(t_score_after - t_score_before as double) as t_score_change,
    {{ why_not_compared('mark_grades', 'marks + all_students_before > 0', 'no_marks', 'all_students_before', 'all_students_after', 'no_marks') }} as mark_reason
from figures
