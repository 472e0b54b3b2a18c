-- An execution can wait without a worker: for a time, an event or a person. It has no place then, and goes on by replay.

alter table executions drop constraint executions_status_check;
alter table executions add constraint executions_status_check
  check (status in ('pending', 'held', 'running', 'waiting', 'success', 'failed', 'timeout', 'cancelling', 'cancelled'));

-- When it goes on at the latest, and { "type": "time" | "event" | "person", … }: what it waits for. Both stay until it waits again, so
-- that what woke is told from what a lost worker left.
alter table executions add column wait_until timestamptz;
alter table executions add column wait_for jsonb;
alter table executions add constraint executions_waits_for_something check (status <> 'waiting' or wait_for is not null);
-- Somebody woke it while it ran: it does not wait when it lets go, because what it wants to wait for may have come.
alter table executions add column is_woken boolean not null default false;

-- What a time-out counts: how long it was in the hands of workers, up to its last claim; and when that was.
alter table executions add column ran_ms double precision not null default 0;
alter table executions add column claimed_at timestamptz;
-- The time for all of it, waits included, from its first start. Null is no limit.
alter table executions add column deadline_ms double precision check (deadline_ms > 0);
-- What runs now has been running since it began.
update executions set claimed_at = started_at where status in ('running', 'cancelling');

-- The next to go on is the first of this index.
create index executions_due on executions (wait_until) where status = 'waiting';

drop index executions_left;
create index executions_left on executions (id) where status = 'pending' and claim > 0 and wait_for is null;

drop index executions_by_status;
create index executions_by_status on executions (status, id desc)
  where status in ('pending', 'held', 'running', 'waiting', 'failed', 'timeout', 'cancelling');

-- That of the workflow when the batch was made.
alter table batches add column deadline_ms double precision check (deadline_ms > 0);
