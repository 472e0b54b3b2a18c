-- From where something was done, where a request did it: the address as the API sees it.
alter table audit_events add column address text;
