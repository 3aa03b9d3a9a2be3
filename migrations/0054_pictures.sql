-- What a browser saw of students' pages. Facts name pictures by their address.
create table picture (
    -- Hash of the content.
    address text primary key,
    -- WebP.
    content bytea not null,
    created_at timestamptz not null
);
-- Pictures are packed already.
alter table picture alter column content set storage external;
create trigger picture_immutable before update or delete on picture
    for each row execute function refuse_change();

create table facts_picture (
    facts text not null references facts,
    picture text not null references picture,
    primary key (facts, picture)
);
create index facts_picture_picture on facts_picture (picture);
-- Whose picture it is follows from whose facts they are.
create index score_execution on score (execution);
