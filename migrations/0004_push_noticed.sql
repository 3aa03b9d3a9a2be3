-- When the push that `pushed_at` stands for was first seen in GitHub's list. A fetch that fails for our reasons and succeeds
-- after the deadline must not make a student late.
alter table fork add column noticed_at timestamptz not null default now();
