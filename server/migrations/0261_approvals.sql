-- What workflows ask of people, and what these said. An execution that asks waits without a worker (0030) until there is an answer.
create table approvals (
  id uuid primary key,
  organization_id uuid not null references organizations (id),
  -- Its row may be deleted before: an approval is kept as long as what ended when it was decided.
  execution_id uuid not null,
  workflow_name text not null check (length(workflow_name) <= 50),
  -- Of the step that asks: asked again after a crash, it is the same approval.
  step_key text not null,
  title text not null check (length(title) <= 200),
  message text check (length(message) <= 4000),
  -- As it was given, its members in their order.
  details json check (octet_length(details::text) <= 131072),
  -- { "people": […], "roles": […], "customer": boolean }; null: those of the provider who have canApprove.
  approvers jsonb,
  may_requester boolean not null,
  -- Who started the execution; and who that is where it was a key: the person or key at the beginning of the chain of makers.
  requested_by jsonb not null,
  requester_type text not null,
  requester_id text not null,
  status text not null default 'open' check (status in ('open', 'approved', 'rejected', 'expired', 'closed')),
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  decided_at timestamptz,
  decided_by jsonb,
  comment text check (length(comment) <= 2000),
  constraint approvals_one_per_step unique (execution_id, step_key),
  constraint approvals_decided check ((status = 'open') = (decided_at is null))
);
-- Ids rise with time, so this is newest first.
create index approvals_open on approvals (id desc) where status = 'open';
create index approvals_of_organization on approvals (organization_id, id desc);
create index approvals_decided_at on approvals (decided_at) where decided_at is not null;
alter table approvals enable row level security;
alter table approvals force row level security;
create policy by_organization on approvals
  using (organization_id = (select current_organization_id()) or (select scope_is_all())
    or (organization_id in (select listed_organizations())) = (select scope_is_of_listed()));
grant select, insert, update, delete on approvals to crosswalk_app;
