-- Workers that keep pods ready for runs to come: their containers carry this lease until they are gone.
create table warm_lease (
    lease uuid primary key,
    -- Host and process, for people.
    worker text not null,
    expires_at timestamptz not null
);
