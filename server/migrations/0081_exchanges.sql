-- Every request that author code makes through context.http, as its execution shows it.

create table execution_exchanges (
  execution_id uuid not null,
  id uuid not null,
  -- Of the execution.
  organization_id uuid,
  -- The key of the step that made it; null outside of any.
  step_key text,
  integration text,
  method text not null,
  host text not null,
  -- Without query, and without secrets.
  path text not null,
  attempt int not null,
  status int,
  -- Null where the vendor did what was asked.
  failure_kind text,
  failure_message text,
  request_bytes bigint not null,
  response_bytes bigint not null,
  -- For the budget of the vendor.
  waited_ms float8 not null,
  started_at timestamptz not null,
  -- From the start to the answer's head, and to its end.
  first_byte_ms float8,
  duration_ms float8 not null,
  -- The beginnings of both bodies of one that failed, without secrets, where the operator wants them.
  request_body text,
  response_body text,
  primary key (execution_id, id)
) partition by range (execution_id);
alter table execution_exchanges enable row level security;
alter table execution_exchanges force row level security;
create policy by_organization on execution_exchanges
  using (organization_id = (select current_organization_id()) or (select scope_is_all())
    or (organization_id is not null and (organization_id in (select listed_organizations())) = (select scope_is_of_listed())));

create or replace function execution_tables() returns text[] language sql immutable parallel safe
  as $$ select array['executions', 'execution_steps', 'execution_logs', 'step_records', 'secret_reads', 'execution_exchanges'] $$;
select ensure_execution_partitions(8);

-- What all workers together asked of vendors so far, for figures.
create table vendor_traffic (
  integration text not null,
  host text not null,
  -- The status, or the kind of a failure without one.
  outcome text not null,
  calls bigint not null,
  waited_ms float8 not null,
  duration_ms float8 not null,
  counted_at timestamptz not null default now(),
  primary key (integration, host, outcome)
) with (fillfactor = 50);

grant select, insert, update, delete on execution_exchanges, vendor_traffic to crosswalk_app;
