-- The primary key, read backwards, is the same order: each event was put into both.
drop index audit_events_newest;
