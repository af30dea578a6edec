{# Reading the register at compile time: feeds, carriers and creators of an entity, the night. #}

{# The night's own date, the only "today" that a model may know. #}
{% macro night() -%}
    date '{{ var("night") }}'
{%- endmacro %}

{# The contract of a feed that the house knows, as the register declares it. #}
{% macro feed(feed_id) %}
    {% for candidate in var('feeds') if candidate.id == feed_id %}
        {{ return(candidate) }}
    {% endfor %}
    {{ exceptions.raise_compiler_error("no feed " ~ feed_id ~ " in the register: declare it in sources/*.yml") }}
{% endmacro %}

{# The feeds that the register connects, in its order. #}
{% macro connected_feeds() %}
    {% set found = [] %}
    {% for source in var('register').sources %}
        {% for candidate in source.feeds %}
            {% do found.append(candidate) %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# Whether the register connects a source system; models of a source that it does not are left out. #}
{% macro connected(source_id) %}
    {{ return(var('register').sources | selectattr('id', 'equalto', source_id) | list | length > 0) }}
{% endmacro %}

{#
  The feeds that carry elements of an entity: for each its table alias, the dbt model that presents its
  rows, the identifiers by which it names the entity (the row's own first), and the column of each element it carries.
  A feed that names an entity and says nothing of it (events at a gate) is no carrier: it is not looked through.
  `joins_alone`: its identifier names the person without further evidence (see `is_private`).
  Found once for all the models of a build: a model of many columns asks for them dozens of times.
#}
{% macro carriers(entity) %}
    {% set held = var('register').setdefault('carriers', {}) %}
    {% if entity in held %}{{ return(held[entity]) }}{% endif %}
    {% set found = [] %}
    {% for candidate in connected_feeds() %}
        {% set named = candidate.identifies | selectattr('entity', 'equalto', entity) | list %}
        {% if named %}
            {% set first = named[0] %}
            {% set elements = {} %}
            {% for column in candidate.columns %}
                {% for element in column.elements if element.split('.')[0] == entity %}
                    {% set name = element.split('.')[1] %}
                    {% do elements.update({name: name if first.model else column.name}) %}
                {% endfor %}
            {% endfor %}
            {% set creates = candidate.creates | selectattr('entity', 'equalto', entity) | list | length > 0 %}
            {% if creates or elements %}
                {% set identifiers = [] %}
                {% for one in named %}
                    {% do identifiers.append({'namespace': one.namespace, 'columns': [one.column] if one.column else candidate.key}) %}
                {% endfor %}
                {% do found.append({
                    'feed': candidate.id,
                    'source': candidate.id.split('/')[0],
                    'alias': candidate.id | replace('/', '__'),
                    'model': first.model or 'stg_' ~ (candidate.id | replace('/', '__')),
                    'identifiers': identifiers,
                    'elements': elements,
                    'creates': creates,
                    'sender': sender_of(candidate),
                    'by_school': candidate['slice'].column == 'school_code',
                    'joins_alone': creates or first.alone or is_private(entity, first.namespace, candidate.id.split('/')[0]),
                    'one_row': not creates and candidate.key | reject('in', identifiers[0].columns) | list == [],
                    'school_codes': [] if first.model
                        else candidate.columns | selectattr('type', 'equalto', 'school_code') | map(attribute='name') | list,
                    'sliced_by_school': candidate['slice'].column == 'school_code' or '(?P<school>' in (candidate['slice'].path or ''),
                }) %}
            {% endif %}
        {% endif %}
    {% endfor %}
    {% do held.update({entity: found}) %}
    {{ return(found) }}
{% endmacro %}

{# SQL of the school under whose code a feed sends a row: its column of that type, or the part of its slice; or none. #}
{% macro sender_of(candidate) %}
    {% for column in candidate.columns if column.name == 'school_code' and column.load %}
        {{ return('school_code') }}
    {% endfor %}
    {% if '(?P<school>' in (candidate['slice'].path or '') %}
        {{ return("split_part(_slice, '/', -1)") }}
    {% endif %}
    {{ return(none) }}
{% endmacro %}

{# Whether only one system uses a namespace, and creates by it: what it says of its own numbers is so. #}
{% macro is_private(entity, namespace, source_id) %}
    {% set users = namespace_users(entity, namespace) %}
    {% set strangers = users | rejectattr('source', 'equalto', source_id) | list %}
    {{ return(strangers == [] and users | selectattr('creates') | list != []) }}
{% endmacro %}

{# Which feeds name people by a namespace, and whether they create. #}
{% macro namespace_users(entity, namespace) %}
    {% set users = [] %}
    {% for candidate in connected_feeds() %}
        {% for one in candidate.identifies if one.entity == entity and one.namespace == namespace %}
            {% do users.append({
                'source': candidate.id.split('/')[0],
                'creates': candidate.creates | selectattr('entity', 'equalto', entity) | list != [],
            }) %}
        {% endfor %}
    {% endfor %}
    {{ return(users) }}
{% endmacro %}

{# The carriers that may create an entity. #}
{% macro creators(entity) %}
    {{ return(carriers(entity) | selectattr('creates') | list) }}
{% endmacro %}

{# An element of the register, or none where the bureau's register does not know it. #}
{% macro element(element_id) %}
    {% for candidate in var('register').elements if candidate.id == element_id %}
        {{ return(candidate) }}
    {% endfor %}
    {{ return(none) }}
{% endmacro %}

{# The authorities of an element that hold on the night. #}
{% macro authorities_on_night(declared) %}
    {% set found = [] %}
    {% for authority in declared.authority %}
        {% if authority['from'] <= var('night') and (authority.until is none or var('night') < authority.until) %}
            {% do found.append(authority) %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
