-- Executions, their steps and logs. Ids are UUIDs of version 7: they grow with time, so a table partitioned by id is
-- partitioned by time, a look-up by id still reads one partition, and retention drops whole ones.

create table worker_leases (
  id text primary key,
  host text not null,
  pid integer not null,
  started_at timestamptz not null default now(),
  renewed_at timestamptz not null default now(),
  expires_at timestamptz not null,
  code_version text,
  is_draining boolean not null default false
);

create table executions (
  id uuid primary key,
  organization_id uuid references organizations,
  kind text not null check (kind in ('workflow', 'discovery', 'connection_test', 'data_provider')),
  name text not null,
  status text not null default 'pending' check (status in ('pending', 'running', 'success', 'failed', 'timeout', 'cancelling', 'cancelled')),
  -- Smaller runs first: those that someone waits for stand before background ones.
  priority smallint not null default 10,
  input jsonb not null default '{}',
  result jsonb,
  error jsonb,
  timeout_ms integer not null check (timeout_ms > 0),
  caller jsonb not null,
  progress jsonb,
  code_version text,
  worker_id text,
  -- Counts claims: a worker that lost its claim writes nothing more.
  claim integer not null default 0,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz
) partition by range (id);
create index executions_waiting on executions (priority, id) where status = 'pending';
create index executions_of_worker on executions (worker_id) where status in ('running', 'cancelling');
create index executions_of_organization on executions (organization_id, id desc);
create index executions_of_name on executions (name, id desc);
create index executions_by_status on executions (status, id desc) where status in ('pending', 'running', 'failed', 'timeout', 'cancelling');
alter table executions enable row level security;
alter table executions force row level security;
create policy by_organization on executions
  using (organization_id = (select current_organization_id()) or (select scope_is_all()));

-- The same key for the same workflow and organization is the same execution.
create table execution_keys (
  organization_id uuid not null references organizations,
  name text not null,
  idempotency_key text not null,
  execution_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, name, idempotency_key)
);
alter table execution_keys enable row level security;
alter table execution_keys force row level security;
create policy by_organization on execution_keys
  using (organization_id = (select current_organization_id()) or (select scope_is_all()));

create table execution_steps (
  execution_id uuid not null,
  organization_id uuid,
  position integer not null,
  name text not null,
  status text not null check (status in ('running', 'success', 'failed')),
  attempt integer not null,
  started_at timestamptz not null,
  duration_ms double precision,
  error jsonb,
  primary key (execution_id, position)
) partition by range (execution_id);
alter table execution_steps enable row level security;
alter table execution_steps force row level security;
create policy by_organization on execution_steps
  using (organization_id = (select current_organization_id()) or (select scope_is_all()));

create table execution_logs (
  execution_id uuid not null,
  organization_id uuid,
  sequence integer not null,
  at timestamptz not null,
  level text not null check (level in ('debug', 'info', 'warn', 'error')),
  message text not null,
  data jsonb,
  -- False for lines that the platform wrote itself (a resumption, a retry).
  is_from_author boolean not null default true,
  primary key (execution_id, sequence)
) partition by range (execution_id);
alter table execution_logs enable row level security;
alter table execution_logs force row level security;
create policy by_organization on execution_logs
  using (organization_id = (select current_organization_id()) or (select scope_is_all()));

-- The smallest UUID of version 7 at a time.
create function first_id_at(at timestamptz) returns uuid language sql immutable parallel safe
  as $$ select (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid $$;

-- Makes the weekly partitions that are missing, from last week to so many weeks ahead. Safe to repeat and to run twice at once.
-- It belongs to the owner, because the application role cannot change the schema.
create function ensure_execution_partitions(weeks_ahead integer) returns void language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  week timestamptz;
  parent text;
  part text;
begin
  perform pg_advisory_xact_lock(hashtext('crosswalk partitions'));
  for offset_weeks in -1 .. weeks_ahead loop
    week := date_trunc('week', now() at time zone 'UTC') at time zone 'UTC' + make_interval(weeks => offset_weeks);
    foreach parent in array array['executions', 'execution_steps', 'execution_logs'] loop
      part := parent || '_' || to_char(week at time zone 'UTC', 'IYYY"w"IW');
      if to_regclass(part) is null then
        execute format('create table %I partition of %I for values from (%L) to (%L)', part, parent, first_id_at(week), first_id_at(week + interval '7 days'));
        -- A partition that is read by its own name does not have its parent's policy. Backups read it so, across all organizations.
        execute format('alter table %I enable row level security', part);
        execute format('alter table %I force row level security', part);
        execute format('create policy across_all on %I using ((select scope_is_all()))', part);
      end if;
    end loop;
  end loop;
end $$;
select ensure_execution_partitions(8);

-- Audit rows and external organizations name executions in plain columns: retention drops partitions without asking them.

grant usage on schema public to crosswalk_app;
grant select, insert, update, delete on all tables in schema public to crosswalk_app;
revoke update, delete on audit_events from crosswalk_app;
revoke insert, update, delete on schema_migrations from crosswalk_app;
grant execute on all functions in schema public to crosswalk_app;
