{#
  Differences between the owner's value of an element and its copies: one select a pair of owner and copy.
  Each row says where the copy stands (feed, column, delivery, row) and for which school: the one that sent it,
  else the one the owner names. Formatting is no difference: typed columns have lost it. A blank copy says nothing, so it differs from nothing.
#}
{% macro differences(entity, conformed, uid) -%}
    {%- set selects = [] -%}
    {%- for carrier in carriers(entity) -%}
        {%- for name, column in carrier.elements.items() if element(entity ~ '.' ~ name) -%}
            {%- set pair -%}
    select
        '{{ entity }}' as entity,
        '{{ entity }}.{{ name }}' as element_id,
        owner.{{ uid }} as record_uid,
        owner.{{ name }}_source as owner_source,
        '{{ carrier.feed }}' as copy_source,
        cast(owner.{{ name }} as varchar) as owner_value,
        cast(copied.{{ column }} as varchar) as copy_value,
        coalesce({{ school_of_slice('copied._slice') }}, cast(owner.school as varchar)) as organisation_code,
        '{{ column }}' as copy_column,
        copied._delivery_id,
        copied._row_number
    from {{ conformed }} as owner
    inner join {{ carrier.alias }} as copied on owner.{{ uid }} = copied.{{ entity }}_uid
    where owner.{{ name }}_source is distinct from '{{ carrier.feed }}'
        and owner.{{ name }}_source is not null
        and owner.{{ name }} is not null
        and copied.{{ column }} is not null
        and cast(copied.{{ column }} as varchar) <> cast(owner.{{ name }} as varchar)
            {%- endset -%}
            {%- set owners = [] -%}
            {%- for authority in authorities_on_night(element(entity ~ '.' ~ name)) -%}
                {%- do owners.append(authority.source) -%}
            {%- endfor -%}
            {%- if owners != [carrier.feed] -%}{%- do selects.append(pair) -%}{%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(selects) }}
{%- endmacro %}
