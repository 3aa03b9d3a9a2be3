-- Who signed in with GitHub. Their number is who they are; a login can be given up and taken by somebody else.
create table person (
    id bigint generated always as identity primary key,
    course_id bigint not null references course,
    github_id bigint not null,
    login text not null,
    -- Whether they may push to the upstream, as GitHub said at `checked_at`.
    may_push boolean not null,
    checked_at timestamptz not null,
    -- When GitHub was last asked, with or without an answer: one process asks at a time.
    asked_at timestamptz not null,
    unique (course_id, github_id)
);

-- Null for sessions that a link opened.
alter table session add column person_id bigint references person;
create index session_person on session (person_id);

-- Written at the first sign-in with GitHub; from then on the login alone opens nothing.
alter table student add column github_id bigint;
create unique index student_github on student (course_id, github_id);

-- When the class list first named this student; null for owners of forks that it never named.
alter table student add column rostered_at timestamptz;
