-- Who imported which class list, for whoever wonders later.
create table roster_import (
    id bigint generated always as identity primary key,
    course_id bigint not null references course,
    -- The teacher's login where GitHub vouched for it; empty for the printed link and the command line.
    imported_by text not null,
    new integer not null,
    changed integer not null,
    imported_at timestamptz not null
);
