-- Whoever waits for a change (idle workers, open pages, in any process) hears of it here. The payload is the fork's id.

create function tell_run_change() returns trigger language plpgsql as $$
begin
    perform pg_notify('forkgrade_run', (select fork_id::text from submission where id = new.submission_id));
    return null;
end $$;

create trigger run_queued_tells after insert on run
    for each row execute function tell_run_change();
-- A heartbeat is no news.
create trigger run_moved_tells after update on run
    for each row when ((old.state, old.stage, old.attempt) is distinct from (new.state, new.stage, new.attempt))
    execute function tell_run_change();
create trigger score_tells after insert on score
    for each row execute function tell_run_change();

create function tell_fork_change() returns trigger language plpgsql as $$
begin
    perform pg_notify('forkgrade_run', new.id::text);
    return null;
end $$;

create trigger fork_tells after update on fork
    for each row when ((old.state, old.full_name, old.trouble) is distinct from (new.state, new.full_name, new.trouble))
    execute function tell_fork_change();
