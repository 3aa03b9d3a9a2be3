-- Who is tied to which fork, or is not, because a teacher said so: sweeps, sign-ins and imports leave that alone.
create table tie (
    fork_id bigint not null references fork,
    student_id bigint not null references student,
    tied boolean not null,
    -- The teacher's login where GitHub vouched for it; empty for the printed link and the command line.
    said_by text not null,
    said_at timestamptz not null,
    primary key (fork_id, student_id)
);

-- Logins that GitHub says are a student's no more: an old list still means the same student by them.
create table former_login (
    student_id bigint not null references student,
    -- In small letters.
    login text not null,
    primary key (student_id, login)
);

-- Named by a class list, and not yet by a login.
create table awaited (
    id bigint generated always as identity primary key,
    course_id bigint not null references course,
    name text not null,
    email text,
    group_name text,
    listed_at timestamptz not null
);
create unique index awaited_once on awaited (course_id, lower(coalesce(email, '')), lower(name));
