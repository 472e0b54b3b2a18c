-- A release whose files do not load takes nothing away: a definition that was published stays, marked, until its file loads again, or is gone
-- while everything loads, or a person confirms that it is gone.
alter table definitions add column missing_since timestamptz;
-- Since when the file has had a problem, whatever its reason was in between.
alter table definition_problems add column since timestamptz not null default now();
update definition_problems set since = published_at;
-- What the file defines is published in spite of it.
alter table definition_problems add column is_warning boolean not null default false;
