-- Which kinds of execution there are is said once, in server/src/protocol/kinds.ts. Rows are written by one statement each, whose type is that
-- list; a second list here would have to be changed with it, over all partitions.
alter table executions drop constraint if exists executions_kind_check;
alter table batches drop constraint if exists batches_kind_check;
