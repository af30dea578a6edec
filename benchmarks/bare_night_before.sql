-- What the script of `bare_night.sql` goes on from, empty.

create table history as
select
    *,
    cast(null as varchar) as row_hash,
    cast(null as varchar) as delivery,
    cast(null as bigint) as row_number,
    cast(null as date) as known_from,
    cast(null as date) as known_to
from pupils
where false;

create table spans (
    number varchar, school varchar, grade varchar, class varchar,
    valid_from date, valid_to date, known_from date, known_to date
);

create table ledger (
    id varchar, element varchar, number varchar, copy varchar, owned varchar, copied varchar,
    delivery varchar, row_number bigint, first_seen date, last_seen date, closed_on date
);
