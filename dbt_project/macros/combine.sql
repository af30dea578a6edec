{# The feeds of a union of events, best copy first: a list of {feed, rank, key, carrier}. #}
{% macro united(union_name) %}
    {% set found = [] %}
    {% for candidate in connected_feeds() if candidate.combine and candidate.combine.union == union_name %}
        {% do found.append({
            'feed': candidate.id,
            'rank': candidate.combine.rank,
            'key': candidate.combine.key,
            'carrier': (carriers((candidate.identifies | first).entity) | selectattr('feed', 'equalto', candidate.id) | first),
        }) %}
    {% endfor %}
    {{ return(found | sort(attribute='rank')) }}
{% endmacro %}

{#
  What the copies of a united event are compared in: {element, column} for each fact that its best copy declares, but
  for the key, which is equal, and for identifiers, of which each system has its own. `event` is its kind of element.
#}
{% macro compared_facts(union_name, event) %}
    {% set found = [] %}
    {% for member in united(union_name)[:1] %}
        {% for column in feed(member.feed).columns if column.name not in member.key and column.type != 'identifier' %}
            {% for name in column.elements if name.split('.')[0] == event %}
                {% do found.append({'element': name, 'column': column.name}) %}
            {% endfor %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
