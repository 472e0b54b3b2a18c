-- Connections that a person has consented to at a vendor, for all, for an organization or for a mapping. Their tokens are rows of vendor_tokens.

create table connections (
  id uuid primary key,
  organization_id uuid references organizations (id),
  mapping_id uuid references organization_mappings (id),
  integration_name text not null check (length(integration_name) <= 50),
  name text not null check (length(name) <= 50),
  -- Which account it is of there, as the vendor says.
  external_id text check (length(external_id) <= 500),
  connected_by text not null,
  connected_at timestamptz not null,
  check (mapping_id is null or organization_id is not null),
  constraint connections_one_per_owner unique nulls not distinct (integration_name, name, organization_id, mapping_id)
);
create index connections_organization on connections (organization_id, id);
alter table connections enable row level security;
alter table connections force row level security;
create policy by_organization on connections
  using (organization_id = (select current_organization_id()) or (select scope_is_all())
    or (organization_id is not null and (organization_id in (select listed_organizations())) = (select scope_is_of_listed())));
grant select, insert, update, delete on connections to crosswalk_app;

-- On their way: a link that was sent, or a browser that is at the vendor. Each is for one use and ends soon.
create table connection_starts (
  -- SHA-256 of what the link or the state says.
  digest bytea primary key,
  is_link boolean not null,
  organization_id uuid references organizations (id),
  mapping_id uuid references organization_mappings (id),
  integration_name text not null,
  name text not null,
  -- Of the cookie of the browser that began; null for a link.
  browser_digest bytea,
  code_verifier text,
  redirect_uri text,
  started_by jsonb not null,
  expires_at timestamptz not null
);
create index connection_starts_expire on connection_starts (expires_at);
alter table connection_starts enable row level security;
alter table connection_starts force row level security;
create policy by_organization on connection_starts
  using (organization_id = (select current_organization_id()) or (select scope_is_all())
    or (organization_id is not null and (organization_id in (select listed_organizations())) = (select scope_is_of_listed())));
grant select, insert, update, delete on connection_starts to crosswalk_app;
