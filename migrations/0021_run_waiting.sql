-- What of a fork waits is looked up with every push: by its submissions, and not among everything that waits.
create index run_waiting on run (submission_id) where state = 'queued';
