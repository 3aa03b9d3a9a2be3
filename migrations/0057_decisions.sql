-- Points that a teacher gave for one criterion of one submission. A criterion that the rubric no longer holds keeps its row.
create table override (
    submission_id bigint not null references submission,
    criterion text not null,
    -- In hundredths; a penalty's are below nothing.
    points integer not null,
    reason text not null check (reason <> ''),
    actor text not null,
    login text,
    at timestamptz not null,
    -- What the check had said when the teacher looked.
    judged jsonb not null,
    primary key (submission_id, criterion)
);

-- A later deadline for one student; of a fork the latest of its students' counts.
create table extension (
    student_id bigint primary key references student,
    until timestamptz not null,
    reason text not null check (reason <> ''),
    actor text not null,
    login text,
    at timestamptz not null
);

-- What lateness was counted by; null in scores of earlier versions.
alter table score add column due jsonb;

-- Grades as students could see them, one row for each that took the place of another: what somebody has seen never changes silently.
create table shown (
    id bigint generated always as identity primary key,
    fork_id bigint not null references fork,
    score_id bigint not null references score,
    at timestamptz not null
);
create index shown_fork on shown (fork_id, id);
create trigger shown_immutable before update or delete on shown
    for each row execute function refuse_change();
