-- What renderers make of a README is a document of its own: stored once per file and renderer, whoever pushed the file.
alter table facts drop constraint facts_kind_check,
    add constraint facts_kind_check check (kind in ('inspection', 'execution', 'judge', 'rendering'));
