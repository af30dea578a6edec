{#
  Differences between the owner's values and their copies, found where both stand side by side: a conformed model
  hands its copies up (`copies_beside`), `with_differences` lists what differs, and the model `discrepancies` keeps it.
  Formatting is no difference: typed columns have lost it. A blank copy says nothing, so it differs from nothing.
#}

{# The carriers that hold copies of an entity's elements tonight: each with the names of those elements. #}
{% macro copying_carriers(entity) %}
    {% set found = [] %}
    {% for carrier in carriers(entity) %}
        {% set names = [] %}
        {% for name in carrier.elements if element(entity ~ '.' ~ name) %}
            {% set owners = authorities_on_night(element(entity ~ '.' ~ name)) | map(attribute='source') | list %}
            {% if owners and owners != [carrier.feed] %}{% do names.append(name) %}{% endif %}
        {% endfor %}
        {% if names %}{% do found.append({'carrier': carrier, 'names': names}) %}{% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# One struct a carrier, after the other columns: its copies and where they stand. #}
{% macro copies_beside(entity) -%}
    {%- for copying in copying_carriers(entity) -%}
    {%- set carrier = copying.carrier -%}
    {{- "," }}
    {
        {%- for name in copying.names %}
        '{{ name }}': {{ carrier.alias }}.{{ carrier.elements[name] }},
        {%- endfor %}
        '_delivery_id': {{ carrier.alias }}._delivery_id,
        '_row_number': {{ carrier.alias }}._row_number,
        '_slice': {{ carrier.alias }}._slice
    } as {{ carrier.alias }}
    {%- endfor -%}
{%- endmacro %}

{#
  The rest of a conformed model after its CTE `beside` (the owner's values, and `copies_beside`): its rows, and in
  `differences` what copies say otherwise, or null. Each says where the copy stands (feed, column, delivery, row) and
  for which school: the one that sent it, else the one the owner names.
#}
{% macro with_differences(entity) -%}
{%- set copying = copying_carriers(entity) -%}
select
    beside.* {%- if copying %} exclude ({{ copying | map(attribute='carrier.alias') | join(', ') }}){% endif %},
    {%- if copying %}
    -- few people differ in anything: only their values are looked at one by one
    case
        when {% for each in copying -%}
            ({{ each.carrier.alias }}._delivery_id is not null and (
                {%- for name in each.names %}
                {{ "or " if not loop.first -}}
                cast(beside.{{ name }} as varchar) <> cast({{ each.carrier.alias }}.{{ name }} as varchar)
                {%- endfor %}
            )){{ " or " if not loop.last }}
        {%- endfor %} then list_filter([
            {%- for each in copying %}
            {%- set last_of_all = loop.last %}
            {%- for name in each.names %}
            {
                element_id: '{{ entity }}.{{ name }}',
                owner_source: cast(beside.{{ name }}_source as varchar),
                copy_source: '{{ each.carrier.feed }}',
                owner_value: cast(beside.{{ name }} as varchar),
                copy_value: cast({{ each.carrier.alias }}.{{ name }} as varchar),
                organisation_code: coalesce({{ school_of_slice(each.carrier.alias ~ '._slice') }}, cast(beside.school as varchar)),
                copy_column: '{{ each.carrier.elements[name] }}',
                _delivery_id: {{ each.carrier.alias }}._delivery_id,
                _row_number: {{ each.carrier.alias }}._row_number
            }{{ "," if not (loop.last and last_of_all) }}
            {%- endfor %}
            {%- endfor %}
        ], lambda pair: pair.owner_source <> pair.copy_source and pair.owner_value <> pair.copy_value)
    end as differences
    {%- else %}
    cast(null as struct(
        element_id varchar, owner_source varchar, copy_source varchar, owner_value varchar, copy_value varchar,
        organisation_code varchar, copy_column varchar, _delivery_id varchar, _row_number bigint
    )[]) as differences
    {%- endif %}
from beside
{%- endmacro %}
