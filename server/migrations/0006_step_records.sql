-- What each execution has recorded of its steps, which until now was kept by a library in a schema of its own.
drop schema if exists dbos cascade;
drop table if exists engine_migrations;

create table step_records (
  execution_id uuid not null,
  organization_id uuid,
  -- Steps were answered in this order; answered so again, the author's code asks the same again.
  answer_order integer not null,
  name text not null,
  -- A mark of the call's arguments, and how many steps of that name and mark the code had asked for before.
  fingerprint text not null,
  occurrence integer not null,
  -- What the step came to, as the worker writes it.
  outcome bytea not null,
  is_plain boolean not null,
  is_sealed boolean not null,
  -- The order of the record of an earlier execution that this one repeats.
  source integer,
  primary key (execution_id, answer_order)
) partition by range (execution_id);
alter table step_records enable row level security;
alter table step_records force row level security;
create policy by_organization on step_records
  using (organization_id = (select current_organization_id()) or (select scope_is_all()));

-- How many workers died while they had the execution. Those that stopped in order do not count.
alter table executions add column losses smallint not null default 0;
-- What a worker began and left goes on before anything else.
create index executions_left on executions (id) where status = 'pending' and claim > 0;
-- How much of a batch waits is asked while it is submitted.
create index executions_waiting_of_batch on executions (batch_id) where status in ('pending', 'held');

-- The tables that are partitioned by the time in an execution's id, a week each.
create function execution_tables() returns text[] language sql immutable parallel safe
  as $$ select array['executions', 'execution_steps', 'execution_logs', 'step_records'] $$;

create or replace function ensure_execution_partitions(weeks_ahead integer) returns void language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  week timestamptz;
  parent text;
  part text;
begin
  perform pg_advisory_xact_lock(hashtext('crosswalk partitions'));
  -- Weeks that have executions have all that belongs to them.
  for week in
    select date_trunc('week', now() at time zone 'UTC') at time zone 'UTC' + make_interval(weeks => ahead) from generate_series(-1, weeks_ahead) ahead
    union
    select to_date(substr(child.relname, length('executions_') + 1), 'IYYY"w"IW')::timestamp at time zone 'UTC'
    from pg_inherits join pg_class child on child.oid = inhrelid
    where inhparent = 'executions'::regclass and child.relname ~ '^executions_\d{4}w\d{2}$'
  loop
    foreach parent in array execution_tables() loop
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

create or replace function drop_execution_partitions(before timestamptz) returns integer language plpgsql security definer
  set search_path = public, pg_temp set lock_timeout = '2s'
as $$
declare
  last_to_keep timestamptz := date_trunc('week', now() at time zone 'UTC') at time zone 'UTC' - interval '7 days';
  week text;
  begins timestamptz;
  parent text;
  dropped integer := 0;
begin
  perform pg_advisory_xact_lock(hashtext('crosswalk partitions'));
  -- The owner is subject to row-level security as well, and must see what it asks for.
  perform set_config('crosswalk.scope', 'all', true);
  for week in
    select substr(child.relname, length('executions_') + 1) from pg_inherits join pg_class child on child.oid = inhrelid
    where inhparent = 'executions'::regclass and child.relname ~ '^executions_\d{4}w\d{2}$' order by 1
  loop
    begins := to_date(week, 'IYYY"w"IW')::timestamp at time zone 'UTC';
    continue when begins + interval '7 days' > least(before, last_to_keep);
    continue when exists (select from executions where id >= first_id_at(begins) and id < first_id_at(begins + interval '7 days'));
    foreach parent in array execution_tables() loop
      execute format('drop table if exists %I', parent || '_' || week);
    end loop;
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

grant select, insert, update, delete on step_records to crosswalk_app;
