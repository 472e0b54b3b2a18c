-- Which execution has read which secret: told once in the audit log, and known to whoever goes on with it, so that the secret stays masked.

create table secret_reads (
  execution_id uuid not null,
  -- Of the execution.
  organization_id uuid,
  key text not null,
  -- The value was everybody's, and not the organization's own.
  is_global boolean not null,
  primary key (execution_id, key, is_global)
) partition by range (execution_id);
alter table secret_reads enable row level security;
alter table secret_reads force row level security;
create policy by_organization on secret_reads
  using (organization_id = (select current_organization_id()) or (select scope_is_all())
    or (organization_id is not null and (organization_id in (select listed_organizations())) = (select scope_is_of_listed())));

create or replace function execution_tables() returns text[] language sql immutable parallel safe
  as $$ select array['executions', 'execution_steps', 'execution_logs', 'step_records', 'secret_reads'] $$;
select ensure_execution_partitions(8);

grant select, insert, update, delete on secret_reads to crosswalk_app;
