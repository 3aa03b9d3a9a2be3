-- The nouns of SPEC. Times are the service's own clock unless a column says otherwise.

create table installation (
    -- Names this database on engines that several databases share: the reaper removes only its own.
    id uuid primary key default gen_random_uuid(),
    created_at timestamptz not null default now(),
    only_one boolean not null default true unique check (only_one)
);
insert into installation default values;

create table course (
    id bigint generated always as identity primary key,
    slug text not null unique,
    title text not null,
    -- The upstream as last seen: a rename changes the name and not the number.
    upstream text not null,
    upstream_repo bigint,
    upstream_branch text,
    upstream_head text,
    upstream_pushed_at timestamptz,
    upstream_checked_at timestamptz,
    -- The whole configuration as last applied.
    config jsonb not null,
    rubric_hash text not null,
    -- A webhook or a button asks for a sweep now.
    sweep_requested_at timestamptz,
    swept_at timestamptz,
    sweep_trouble text,
    created_at timestamptz not null default now()
);

create table fork (
    id bigint generated always as identity primary key,
    course_id bigint not null references course,
    repo bigint not null,
    full_name text not null,
    owner text not null,
    clone_url text not null,
    html_url text not null,
    branch text not null,
    state text not null check (state in ('active', 'empty', 'unreadable', 'gone')),
    archived boolean not null default false,
    -- GitHub's clock: compared only with itself.
    pushed_at timestamptz,
    fetched_at_push timestamptz,
    head text,
    -- Forks of this fork, as GitHub counts them and as many as were found.
    forks_count integer not null default 0,
    forks_listed_count integer,
    project_repository text,
    project_pushed_at timestamptz,
    trouble jsonb,
    created_at timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    unique (course_id, repo)
);

create table student (
    id bigint generated always as identity primary key,
    course_id bigint not null references course,
    login text not null,
    name text,
    email text,
    group_name text,
    -- SHA-256 of the unguessable part of the feedback link.
    link_hash bytea unique,
    created_at timestamptz not null default now()
);
create unique index student_login on student (course_id, lower(login));

create table fork_student (
    fork_id bigint not null references fork,
    student_id bigint not null references student,
    primary key (fork_id, student_id)
);
create index fork_student_student on fork_student (student_id);

create table delivery (
    id text primary key,
    event text not null,
    received_at timestamptz not null
);

create table submission (
    id bigint generated always as identity primary key,
    fork_id bigint not null references fork,
    commit_sha text not null,
    project_commit text,
    tree_id text,
    received_at timestamptz not null,
    learnt_from text not null check (learnt_from in ('webhook', 'sweep', 'command')),
    -- The commit's own date: shown, never believed.
    committed_at timestamptz,
    unique nulls not distinct (fork_id, commit_sha, project_commit)
);
create index submission_fork on submission (fork_id, received_at);

create table facts (
    -- Hash of the document.
    address text primary key,
    kind text not null check (kind in ('inspection', 'execution')),
    -- Hash of everything that the document was observed from: equal keys need no second look.
    key text not null,
    version integer not null,
    document jsonb not null,
    created_at timestamptz not null
);
create index facts_key on facts (kind, key, created_at desc);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is immutable', tg_table_name;
end $$;
create trigger facts_immutable before update or delete on facts
    for each row execute function refuse_change();

create table rubric (
    hash text primary key,
    document jsonb not null,
    created_at timestamptz not null
);
create trigger rubric_immutable before update or delete on rubric
    for each row execute function refuse_change();

-- A run is its own job: it is queued by the row that describes it.
create table run (
    id bigint generated always as identity primary key,
    submission_id bigint not null references submission,
    state text not null check (state in ('queued', 'running', 'finished', 'failed', 'superseded')),
    stage text,
    attempt integer not null default 0,
    forced boolean not null default false,
    -- Not before this moment: a retry's pause, or a partner's identical project that runs right now.
    available_at timestamptz not null,
    queued_at timestamptz not null,
    started_at timestamptz,
    stage_at timestamptz,
    finished_at timestamptz,
    lease uuid,
    lease_expires_at timestamptz,
    worker text,
    inspection text references facts,
    execution text references facts,
    reused boolean not null default false,
    error text
);
create index run_queue on run (available_at, id) where state = 'queued';
create index run_leases on run (lease_expires_at) where state = 'running';
create index run_submission on run (submission_id, id);

create table score (
    id bigint generated always as identity primary key,
    submission_id bigint not null references submission,
    run_id bigint references run,
    rubric_hash text not null references rubric,
    inspection text not null references facts,
    execution text references facts,
    program text not null,
    base integer not null,
    bonus integer not null,
    late_penalty integer not null,
    total integer not null,
    scale integer not null,
    findings jsonb not null,
    created_at timestamptz not null,
    -- The newest score of a submission is the one that counts; earlier ones stay beside it.
    current boolean not null default true
);
create unique index score_current on score (submission_id) where current;
create index score_submission on score (submission_id, id);

create table session (
    -- SHA-256 of the cookie.
    token_hash bytea primary key,
    course_id bigint not null references course,
    -- Null for the teacher.
    student_id bigint references student,
    created_at timestamptz not null,
    expires_at timestamptz not null
);

create table teacher_link (
    token_hash bytea primary key,
    course_id bigint not null references course,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
