-- What hosts answered to programs of students, so that later runs get the same answer.
create table recording (
    id bigint generated always as identity primary key,
    course_id bigint not null references course,
    -- BLAKE3 of what an answer follows from: method, address, body, credentials and headers of the program's own.
    key text not null,
    -- BLAKE3 of the headers that hosts may answer differently to (Vary).
    fingerprint text not null,
    method text not null,
    url text not null,
    host text not null,
    -- While its host is asked: by whom, and until when nobody else does.
    claim uuid,
    claimed_until timestamptz,
    -- The headers that this answer varies by, as the request had them.
    vary jsonb not null default '{}',
    status integer,
    -- Pairs of name and value, in their order; a value's bytes as Latin-1.
    headers jsonb,
    body bytea,
    body_bytes bigint not null default 0,
    -- BLAKE3 of status, headers and body.
    address text,
    milliseconds integer,
    recorded_at timestamptz,
    -- The run that asked first; absent where it was no run of this database.
    run_id bigint references run,
    unique (course_id, key, fingerprint),
    check ((claim is null) = (recorded_at is not null)),
    check ((claim is null) = (claimed_until is null)),
    check (recorded_at is null or (status is not null and headers is not null and body is not null and address is not null))
);
-- Bodies come as they are packed rarely enough; Postgres packs them better.
alter table recording alter column body set compression pglz;
create index recording_of_host on recording (course_id, host, recorded_at);
