-- Batches: one order to run something for many organizations, with an execution for each. Schedules: orders that repeat.

-- A batch is of no single organization, so nobody who works within one sees it.
create table batches (
  id uuid primary key,
  kind text not null check (kind in ('workflow', 'connection_test')),
  -- The workflow's name; for tests of mappings, the name of what orders them.
  name text not null,
  parameters jsonb not null default '{}',
  timeout_ms integer not null check (timeout_ms > 0),
  -- As it was asked for: "all", "mapped:<integration>" or a list of ids.
  selection jsonb not null,
  -- No others could come into it, so whoever may act for all of these may see it. Null: for those who may act for all.
  reach uuid[],
  caller jsonb not null,
  idempotency_key text,
  schedule_name text,
  due_at timestamptz,
  -- expanding: some items have no execution yet; any worker goes on with that.
  state text not null default 'expanding' check (state in ('expanding', 'expanded', 'cancelled')),
  is_paused boolean not null default false,
  -- Items by status, written when the last has ended; until then they are counted.
  counts jsonb,
  created_at timestamptz not null default now(),
  completed_at timestamptz,
  -- A due run fires once, whoever fires it.
  constraint batches_one_per_due_time unique (schedule_name, due_at)
);
create unique index batches_one_per_key on batches (name, idempotency_key) where idempotency_key is not null;
create index batches_open on batches (id) where completed_at is null;
create index batches_of_name on batches (name, id desc);
alter table batches enable row level security;
alter table batches force row level security;
create policy across_organizations on batches using ((select scope_is_all()));

-- What a batch is for: decided when it is made, so that its size is known at once and no crash changes it.
create table batch_items (
  batch_id uuid not null references batches on delete cascade,
  -- The organization, or the mapping that is tested.
  subject_id uuid not null,
  organization_id uuid not null references organizations,
  -- Null until it is submitted. A new attempt puts its own in the place of the failed one.
  execution_id uuid,
  is_skipped boolean not null default false,
  attempt integer not null default 1,
  primary key (batch_id, subject_id)
);
create index batch_items_to_submit on batch_items (batch_id, subject_id) where execution_id is null and not is_skipped;
alter table batch_items enable row level security;
alter table batch_items force row level security;
create policy by_organization on batch_items
  using (organization_id = (select current_organization_id()) or (select scope_is_all()));

alter table executions add column batch_id uuid;
create index executions_of_batch on executions (batch_id) where batch_id is not null;
-- A held execution waits until its batch is resumed: it is not among those that workers look at.
alter table executions drop constraint executions_status_check;
alter table executions add constraint executions_status_check
  check (status in ('pending', 'held', 'running', 'success', 'failed', 'timeout', 'cancelling', 'cancelled'));
drop index executions_by_status;
create index executions_by_status on executions (status, id desc) where status in ('pending', 'held', 'running', 'failed', 'timeout', 'cancelling');

-- One row for each workflow with a schedule. What is null here is as the author declared it.
create table schedules (
  workflow_name text primary key,
  cron text,
  time_zone text,
  organizations jsonb,
  missed text check (missed in ('skip', 'catch_up')),
  parameters jsonb,
  is_paused boolean not null default false,
  -- The cron expression and time zone that next_due_at was computed from.
  timing text,
  -- Null while paused, and where there is no time to come.
  next_due_at timestamptz,
  last_run_at timestamptz,
  last_batch_id uuid,
  -- { "error", "message", "at" }: why the last due run did not fire.
  last_error jsonb
);
create index schedules_due on schedules (next_due_at) where next_due_at is not null;
alter table schedules enable row level security;
alter table schedules force row level security;
create policy across_organizations on schedules using ((select scope_is_all()));

grant select, insert, update, delete on batches, batch_items, schedules to crosswalk_app;
