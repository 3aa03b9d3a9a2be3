-- Pages of GitHub's listings as last answered: asked for again by their ETag, they cost nothing where nothing moved.
create table listing_page (
    course_id bigint not null references course,
    -- GitHub's number of the repository whose forks these are.
    parent bigint not null,
    page integer not null,
    -- Where it was asked, and how addresses were made of it.
    source text not null,
    document jsonb not null,
    primary key (course_id, parent, page)
);

-- Until when GitHub wants to be left alone, by our own clock.
alter table course add column sweep_waits_until timestamptz;

-- What became of a fork besides its pushes. Its identity is GitHub's number, so nothing of its history is lost.
create table fork_event (
    id bigint generated always as identity primary key,
    fork_id bigint not null references fork,
    at timestamptz not null,
    -- A sentence of locales/*/sync.ftl.
    message jsonb not null
);
create index fork_event_fork on fork_event (fork_id, id);
