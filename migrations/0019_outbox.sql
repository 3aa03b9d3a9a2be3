-- What is owed to students at GitHub: one row for each submission whose commit something is told on. Written in the transaction that
-- stores a score, so that nothing is told that was not stored, and nothing is stored that is not told.
create table outbox (
    submission_id bigint primary key references submission,
    -- Counts what changed; everything up to `told` has been dealt with.
    owed bigint not null default 1,
    told bigint not null default 0,
    -- Not before this moment: a retry's pause, the moment from which feedback is seen, or somebody is telling it right now.
    available_at timestamptz not null,
    attempt integer not null default 0,
    -- Hash of what stands at GitHub.
    digest text,
    way text check (way in ('check', 'status', 'nothing')),
    told_at timestamptz,
    -- Why it could not be told, for the teacher.
    trouble text
);
create index outbox_owed on outbox (available_at) where told < owed;
