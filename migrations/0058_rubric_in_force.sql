-- Which rubric is in force, and which were before: the newest row of a course counts. Versions may come back: each time is a row.
create table rubric_version (
    id bigint generated always as identity primary key,
    course_id bigint not null references course,
    hash text not null references rubric,
    actor text not null check (actor in ('teacher', 'course_file', 'command')),
    -- A teacher's, where GitHub vouched for it; a printed link has none.
    login text check (login is null or actor = 'teacher'),
    -- The `[rubric]` section with its comments, where a page has it from somebody's hand.
    source text,
    reason text not null,
    applied_at timestamptz not null
);
create index rubric_version_course on rubric_version (course_id, id);
create trigger rubric_version_immutable before update or delete on rubric_version
    for each row execute function refuse_change();

-- Until now the file alone said which rubric that is.
insert into rubric (hash, document, created_at)
    select rubric_hash, config->'rubric', now() from course where config ? 'rubric' on conflict do nothing;
insert into rubric_version (course_id, hash, actor, reason, applied_at)
    select id, rubric_hash, 'course_file', '', now() from course where config ? 'rubric';

-- A class that is scored again stores thousands of findings at once: compressing them took longer than all the rest. Not every Postgres is
-- built with it, and rows of before stay as they are.
do $$
begin
    alter table score alter column findings set compression lz4;
exception when feature_not_supported then null;
end
$$;
