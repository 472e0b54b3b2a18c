-- After the death of a worker what it had is tried apart: at each worker one such execution at a time is on trial, so that of another
-- death it is the cause, and nothing else is. `losses` counts the deaths that an execution was the cause of, `shared_losses` those of
-- which nobody could tell.
alter table executions add column is_suspect boolean not null default false;
alter table executions add column shared_losses smallint not null default 0;
