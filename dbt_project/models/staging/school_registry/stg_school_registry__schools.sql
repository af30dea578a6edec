with source as (
    select *
    from {{ source('raw', 'school_registry__schools') }}
    where _known_to is null
    {%- if former_codes(['merge', 'split']) %}
        -- a school that has ended is known as the registry knew it last
        or memory.main.as_school_code(school_code) in ({{ former_codes(['merge', 'split']) | join(', ') }})
    {%- endif %}
),

renamed as (
    select
        {{ typed_columns('school_registry/schools') }},
        {{ provenance() }}
    from source
)

{{ known_rows('school_registry/schools') }}
