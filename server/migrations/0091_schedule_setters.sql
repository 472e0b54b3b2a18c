-- Who set when a workflow runs: its runs act for them. Null where it runs as its author declared it, or was set before this was kept.
alter table schedules add column set_by jsonb;
