-- What was done to one thing is found without reading all that was ever done: the history of a mapping, for one.
create index audit_events_of_target on audit_events ((target ->> 'id'), id desc);
