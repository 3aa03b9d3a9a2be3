-- What penalties of the rubric took off a score, beside what lateness did.
alter table score add column penalty integer not null default 0;
