-- When a session was used last, so that one that nobody uses ends; and where it is, so that a person knows it in the list.

alter table sessions add column last_used_at timestamptz not null default now();
alter table sessions add column address text;
alter table sessions add column browser text;
