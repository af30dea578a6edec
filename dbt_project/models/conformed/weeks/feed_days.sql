/* The days of which each feed of a file a day has told, by the names of its slices, empty ones too: of one school where
   the slice is called by it, else of all schools (null). */
select distinct
    feed,
    {{ day_in_slice('slice') }} as day,
    {{ school_on(school_of_slice('slice'), day_in_slice('slice')) }} as school_code
from {{ source('intake', 'slice_state') }}
where feed in ('after_school/sessions', 'attendance/events', 'platform_usage/daily', 'reading/records')
    and night <= {{ night() }}
    and status in ('loaded', 'unchanged')
    and {{ day_in_slice('slice') }} is not null
