-- Links to connect are revoked by their id, and say for some time after their end why they ended. A browser that begins by one names it.

alter table connection_starts
  add column id uuid not null default gen_random_uuid(),
  add column ended_at timestamptz,
  add column ended_because text check (ended_because in ('used', 'revoked')),
  -- Of the link that a browser came by; null for a link, and where someone begins on the page of the integration.
  add column link_id uuid,
  add constraint connection_starts_id unique (id),
  add check ((ended_at is null) = (ended_because is null));
alter table connection_starts alter column id drop default;
create index connection_starts_links on connection_starts (organization_id, id) where is_link;
create index connection_starts_of_link on connection_starts (link_id) where link_id is not null;
