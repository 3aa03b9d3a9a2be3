-- What the forks of a course have in common. Only the newest look is kept: it follows from the submissions alone.
create table similarity (
    course_id bigint primary key references course,
    version integer not null,
    -- Hash of the commits that were compared.
    key text not null,
    document jsonb not null,
    computed_at timestamptz not null
);
