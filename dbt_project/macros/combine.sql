{# The feeds of a union of events, best copy first: a list of {feed, model, rank, key}. #}
{% macro united(union_name) %}
    {% set found = [] %}
    {% for candidate in connected_feeds() if candidate.combine and candidate.combine.union == union_name %}
        {% do found.append({
            'feed': candidate.id,
            'model': 'stg_' ~ (candidate.id | replace('/', '__')),
            'rank': candidate.combine.rank,
            'key': candidate.combine.key,
            'person': (candidate.identifies | first),
        }) %}
    {% endfor %}
    {{ return(found | sort(attribute='rank')) }}
{% endmacro %}
