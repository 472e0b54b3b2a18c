-- Organizations and everything that belongs to one. Each table with an organization has row-level security, forced, so that
-- not even a statement without a `where` sees another organization's rows. A transaction says whose rows it means by
-- `crosswalk.organization_id`, or that it works across all by `crosswalk.scope = 'all'`; with neither it sees nothing.

create function current_organization_id() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('crosswalk.organization_id', true), '')::uuid $$;
create function scope_is_all() returns boolean language sql stable parallel safe
  as $$ select coalesce(current_setting('crosswalk.scope', true), '') = 'all' $$;

create table organizations (
  id uuid primary key,
  name text not null check (length(name) between 1 and 200),
  domains text[] not null default '{}',
  tenant_id text check (length(tenant_id) between 1 and 200),
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table organizations enable row level security;
alter table organizations force row level security;
create policy by_organization on organizations
  using (id = (select current_organization_id()) or (select scope_is_all()));

create table audit_events (
  id uuid primary key,
  at timestamptz not null default now(),
  actor_type text not null,
  actor_id text not null,
  actor_name text not null,
  action text not null,
  organization_id uuid references organizations,
  target jsonb not null,
  changes jsonb not null,
  request_id text
);
create index audit_events_newest on audit_events (id desc);
create index audit_events_of_organization on audit_events (organization_id, id desc);
alter table audit_events enable row level security;
alter table audit_events force row level security;
create policy by_organization on audit_events
  using (organization_id = (select current_organization_id()) or (select scope_is_all()))
  with check (organization_id = (select current_organization_id()) or (select scope_is_all()));

-- One row says which key the installation's secrets are under, so that a key that does not fit is noticed at the start.
create table master_keys (
  key_id text primary key,
  proof bytea not null,
  is_current boolean not null,
  created_at timestamptz not null default now()
);
create unique index master_keys_one_current on master_keys (is_current) where is_current;

-- Each value is sealed with a data key of its own, and the data key with the master key that key_id names.
create table secrets (
  id uuid primary key,
  organization_id uuid references organizations,
  key text not null check (key ~ '^[A-Za-z][A-Za-z0-9_.-]{0,126}$'),
  key_id text not null references master_keys,
  sealed_data_key bytea not null,
  sealed_value bytea not null,
  updated_at timestamptz not null default now(),
  updated_by text not null,
  constraint secrets_one_per_scope unique nulls not distinct (key, organization_id)
);
alter table secrets enable row level security;
alter table secrets force row level security;
-- What is global is seen by every organization, and changed by none: `using` alone would let it be deleted.
create policy by_organization on secrets
  using (organization_id = (select current_organization_id()) or (select scope_is_all()));
create policy global_is_read on secrets for select using (organization_id is null);

create table config (
  id uuid primary key,
  organization_id uuid references organizations,
  key text not null check (key ~ '^[A-Za-z][A-Za-z0-9_.-]{0,126}$'),
  value jsonb not null,
  updated_at timestamptz not null default now(),
  updated_by text not null,
  constraint config_one_per_scope unique nulls not distinct (key, organization_id)
);
alter table config enable row level security;
alter table config force row level security;
-- What is global is seen by every organization, and changed by none: `using` alone would let it be deleted.
create policy by_organization on config
  using (organization_id = (select current_organization_id()) or (select scope_is_all()));
create policy global_is_read on config for select using (organization_id is null);

-- What the workers found in the workspace: no organization, no author code, only descriptions.
create table definitions (
  kind text not null check (kind in ('integration', 'workflow', 'data_provider')),
  name text not null check (name ~ '^[a-z][a-z0-9_]{0,49}$'),
  definition jsonb not null,
  file text not null,
  code_version text not null,
  published_at timestamptz not null default now(),
  primary key (kind, name)
);
create table definition_problems (
  kind text not null,
  file text not null,
  reason text not null,
  code_version text not null,
  published_at timestamptz not null default now()
);

create table organization_mappings (
  id uuid primary key,
  organization_id uuid not null references organizations,
  integration_name text not null check (integration_name ~ '^[a-z][a-z0-9_]{0,49}$'),
  external_org_id text collate "C" not null check (length(external_org_id) between 1 and 200 and external_org_id !~ '[[:cntrl:]<>"'']'),
  external_org_name text not null check (length(external_org_name) <= 200),
  mapping_data jsonb not null check (jsonb_typeof(mapping_data) = 'object'),
  is_active boolean not null default true,
  -- Copied from the integration: its external organizations may be held by several organizations.
  is_shared boolean not null default false,
  created_at timestamptz not null default now(),
  created_by text not null,
  updated_at timestamptz not null default now(),
  updated_by text not null,
  last_tested_at timestamptz,
  last_test_success boolean,
  last_test_result text,
  last_test_details jsonb
);
create unique index organization_mappings_one_pair on organization_mappings (organization_id, integration_name, external_org_id) where is_active;
create unique index organization_mappings_one_holder on organization_mappings (integration_name, external_org_id) where is_active and not is_shared;
create index organization_mappings_of_organization on organization_mappings (organization_id, id);
-- From an external organization to ours, also where several hold it.
create index organization_mappings_of_external on organization_mappings (integration_name, external_org_id) where is_active;
alter table organization_mappings enable row level security;
alter table organization_mappings force row level security;
create policy by_organization on organization_mappings
  using (organization_id = (select current_organization_id()) or (select scope_is_all()));

-- The external organizations of an integration, as its credentials see them: those of one organization, or the global ones (null).
create table external_organizations (
  integration_name text not null,
  organization_id uuid references organizations,
  external_org_id text collate "C" not null check (length(external_org_id) between 1 and 200),
  name text not null,
  metadata jsonb not null default '{}',
  position integer not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  last_run_id uuid not null,
  gone_at timestamptz,
  -- [{ "name": …, "until": … }], oldest first
  previous_names jsonb not null default '[]',
  constraint external_organizations_once unique nulls not distinct (integration_name, organization_id, external_org_id)
);
alter table external_organizations enable row level security;
alter table external_organizations force row level security;
create policy by_organization on external_organizations
  using (organization_id = (select current_organization_id()) or (select scope_is_all()));
create policy global_for_reading on external_organizations for select using (organization_id is null);

create table discovery_runs (
  id uuid primary key,
  integration_name text not null,
  organization_id uuid references organizations,
  execution_id uuid not null,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  is_success boolean,
  organization_count integer not null default 0,
  expires_at timestamptz,
  error jsonb
);
create unique index discovery_runs_one_at_a_time on discovery_runs (integration_name, organization_id) nulls not distinct where ended_at is null;
create index discovery_runs_newest on discovery_runs (integration_name, organization_id, id desc);
create unique index discovery_runs_of_execution on discovery_runs (execution_id);
alter table discovery_runs enable row level security;
alter table discovery_runs force row level security;
create policy by_organization on discovery_runs
  using (organization_id = (select current_organization_id()) or (select scope_is_all()));
create policy global_for_reading on discovery_runs for select using (organization_id is null);

create table data_provider_cache (
  provider_name text not null,
  organization_id uuid not null references organizations,
  parameters_hash text not null,
  options jsonb not null,
  cached_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (provider_name, organization_id, parameters_hash)
);
alter table data_provider_cache enable row level security;
alter table data_provider_cache force row level security;
create policy by_organization on data_provider_cache
  using (organization_id = (select current_organization_id()) or (select scope_is_all()));
