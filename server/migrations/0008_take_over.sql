-- Take-over: what a worker leaves goes to the living ones, each execution to one of them, once.

-- How many executions a worker works on at once. 0: it is not to be given any, because it is starting or stopping.
alter table worker_leases add column places integer not null default 0;
-- How many workers died while they had the execution. Those that stopped in order do not count.
alter table executions add column losses smallint not null default 0;

-- How much of a batch waits is asked while it is submitted.
create index executions_waiting_of_batch on executions (batch_id) where status in ('pending', 'held');
