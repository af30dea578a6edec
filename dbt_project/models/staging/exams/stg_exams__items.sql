with source as (
    select *
    from {{ source('raw', 'exams__items') }}
    where _known_to is null
),

renamed as (
    select
        {{ typed_columns('exams/items') }},
        items,
        split_part(_slice, '/', 1) as exam_id,
        {{ code("split_part(_slice, '/', 2)", 'subject', 'exams') }} as subject,
        split_part(_slice, '/', 3) as school_code,
        {{ provenance() }}
    from source
)

{{ known_rows('exams/items') }}
