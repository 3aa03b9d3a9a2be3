-- What GitHub said of a push: its own clock, compared only with itself, and the head before. They put deliveries in order that
-- came late or twice.
alter table submission
    add column pushed_at timestamptz,
    add column before_sha text;
