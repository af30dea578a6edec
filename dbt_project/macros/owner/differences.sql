{#
  Differences between the owner's values and their copies, found where both stand side by side: a conformed model
  hands its copies up (`copies_of`), `with_differences` lists what differs, and the model `discrepancies` keeps it.
  Formatting is no difference: typed columns have lost it. A blank copy says nothing, so it differs from nothing; nor
  does a cell of several telephone numbers that holds the owner's.
#}

{% macro copies_of(entity) -%}
    {%- for carrier in carriers(entity) if carrier.copies -%}
    {{- "," }}
    {
        {%- for name in carrier.copies %}
        '{{ name }}': {{ carrier.alias }}.{{ carrier.elements[name] }},
        {%- endfor %}
        '_delivery_id': {{ carrier.alias }}._delivery_id,
        '_row_number': {{ carrier.alias }}._row_number,
        '_slice': {{ carrier.alias }}._slice
    } as {{ carrier.alias }}
    {%- endfor -%}
{%- endmacro %}

{#
  The rest of a conformed model after its CTE `owner_record` (the owner's values, and `copies_of`): its rows, and in
  `differences` what copies say otherwise, or null. Each says where the copy stands (feed, column, delivery, row) and
  for which school: the one that sent it, else the one the owner names.
#}
{% macro with_differences(entity) -%}
{%- set carrying = carriers(entity) | selectattr('copies') | list -%}
select
    owner_record.* {%- if carrying %} exclude ({{ carrying | map(attribute='alias') | join(', ') }}){% endif %},
    {%- if carrying %}
    -- few people differ in anything: only their values are looked at one by one
    case
        when {% for each in carrying -%}
            ({{ each.alias }}._delivery_id is not null and (
                {%- for name in each.copies %}
                {{ "or " if not loop.first -}}
                cast(owner_record.{{ name }} as varchar) <> cast({{ each.alias }}.{{ name }} as varchar)
                {%- endfor %}
            )){{ " or " if not loop.last }}
        {%- endfor %} then list_filter([
            {%- for each in carrying %}
            {%- set last_of_all = loop.last %}
            {%- for name in each.copies %}
            {
                element_id: '{{ entity }}.{{ name }}',
                owner_source: cast(owner_record.{{ name }}_source as varchar),
                copy_source: '{{ each.feed }}',
                owner_value: cast(owner_record.{{ name }} as varchar),
                copy_value: {% if name in each.phones -%}
                case
                    when not memory.main.same_phones(owner_record.{{ name }}, {{ each.alias }}.{{ name }})
                        then {{ each.alias }}.{{ name }}
                end
                {%- else -%}
                cast({{ each.alias }}.{{ name }} as varchar)
                {%- endif %},
                organisation_code: coalesce({{ school_of_slice(each.alias ~ '._slice') }}, cast(owner_record.school as varchar)),
                copy_column: '{{ each.elements[name] }}',
                _delivery_id: {{ each.alias }}._delivery_id,
                _row_number: {{ each.alias }}._row_number
            }{{ "," if not (loop.last and last_of_all) }}
            {%- endfor %}
            {%- endfor %}
        ], lambda _pair: _pair.owner_source <> _pair.copy_source and _pair.owner_value <> _pair.copy_value)
    end as differences
    {%- else %}
    cast(null as struct(
        element_id varchar, owner_source varchar, copy_source varchar, owner_value varchar, copy_value varchar,
        organisation_code varchar, copy_column varchar, _delivery_id varchar, _row_number bigint
    )[]) as differences
    {%- endif %}
from owner_record
{%- endmacro %}
