-- Whatever touched a grade, written in the transaction that did. What it holds besides is told by `domain/audit.rs`.
create table audit (
    id bigint generated always as identity primary key,
    course_id bigint not null references course,
    at timestamptz not null,
    actor text not null check (actor in ('teacher', 'course_file', 'command')),
    -- A teacher's, where GitHub vouched for it; a printed link has none.
    login text check (login is null or actor = 'teacher'),
    action text not null,
    -- What it is about; nothing of these where it is about the whole course.
    fork_id bigint references fork,
    submission_id bigint references submission,
    student_id bigint references student,
    criterion text,
    -- What it changed, from what and to what; an object each.
    before jsonb,
    after jsonb,
    reason text
);
create index audit_course on audit (course_id, id);
create index audit_fork on audit (fork_id, id);
create trigger audit_immutable before update or delete on audit
    for each row execute function refuse_change();
create trigger audit_kept before truncate on audit
    for each statement execute function refuse_change();
