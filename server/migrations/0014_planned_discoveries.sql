-- The daily discovery spreads over some hours: who is asked when. A row is there until its discovery has been submitted.
create table planned_discoveries (
  integration_name text not null,
  -- Whose credentials are used; null: the global ones.
  organization_id uuid references organizations,
  due_at timestamptz not null,
  constraint planned_discoveries_one_each unique nulls not distinct (integration_name, organization_id)
);
create index planned_discoveries_due on planned_discoveries (due_at);
alter table planned_discoveries enable row level security;
alter table planned_discoveries force row level security;
create policy by_organization on planned_discoveries using (organization_id = (select current_organization_id()) or (select scope_is_all()));

grant select, insert, update, delete on planned_discoveries to crosswalk_app;
