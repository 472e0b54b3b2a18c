-- Retries, fair claims, and what keeps the database from growing without bound.

-- The execution that this one goes on from: what that recorded is not done again.
alter table executions add column retry_of uuid;
create index executions_of_first on executions (retry_of) where retry_of is not null;

-- Two lanes: what someone waits for, and the rest. Claims walk both by name, so there is no third.
alter table executions add constraint executions_two_lanes check (priority in (1, 10));

-- A claim walks from one line to the next (a lane, an organization, a name) with one probe each, however long the lines are.
drop index executions_waiting;
create index executions_waiting on executions (priority, organization_id, kind, name, id) where status = 'pending';

-- Bounds the look for keys whose execution is gone.
create index execution_keys_by_age on execution_keys (created_at);

-- When the daily work that one worker does for all was begun last.
create table upkeep (
  name text primary key,
  began_at timestamptz not null
);
grant select, insert, update, delete on upkeep to crosswalk_app;

-- Drops the partitions that end before a time and have no execution left: those whose executions had all ended, once their rows are
-- deleted. Last week's is made again by ensure_execution_partitions, so it stays. Waits for others no longer than the lock timeout.
-- It belongs to the owner, because the application role cannot change the schema.
create function drop_execution_partitions(before timestamptz) returns integer language plpgsql security definer
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
    foreach parent in array array['executions', 'execution_steps', 'execution_logs'] loop
      execute format('drop table if exists %I', parent || '_' || week);
    end loop;
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;
revoke execute on function drop_execution_partitions(timestamptz) from public;
grant execute on function drop_execution_partitions(timestamptz) to crosswalk_app;
