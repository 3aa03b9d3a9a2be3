-- What the teacher's own judges said is a kind of facts of its own, and a score names all of them.
alter table facts drop constraint facts_kind_check;
alter table facts add constraint facts_kind_check check (kind in ('inspection', 'execution', 'judge'));

-- Addresses, in the order of the judges' names.
alter table score add column judges jsonb not null default '[]';
