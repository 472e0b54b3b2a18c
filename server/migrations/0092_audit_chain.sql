-- Audit events are chained by hashes, so that one that is missing or changed shows. A link is written some moments after its event: were
-- it written with it, all changes of the installation would wait for each other.

-- Events without a link yet. An event is put here by the statement that writes it.
create table audit_unlinked (event_id uuid primary key);

create table audit_links (
  -- From 1, without a gap.
  sequence bigint primary key,
  event_id uuid not null unique,
  -- Of the hash before, and of the event.
  hash bytea not null
);

create function queue_audit_event() returns trigger language plpgsql as $$
begin
  insert into audit_unlinked (event_id) values (new.id);
  return null;
end $$;
create trigger queue_for_link after insert on audit_events for each row execute function queue_audit_event();

grant select, insert, delete on audit_unlinked to crosswalk_app;
-- Like the events, links are neither changed nor deleted.
grant select, insert on audit_links to crosswalk_app;

select set_config('crosswalk.scope', 'all', true);
insert into audit_unlinked (event_id) select id from audit_events;
