-- Custom fields of organizations: what an administrator defined, and the values that each organization has.

-- Belongs to no organization: every organization may have a value of it.
create table organization_fields (
  name text primary key check (name ~ '^[a-z][a-z0-9_]{0,49}$'),
  label text not null,
  type text not null check (type in ('text', 'number', 'yes_no', 'date', 'choice', 'url')),
  is_required boolean not null,
  -- Of a choice: what can be chosen, in the order in which it is offered.
  choices text[] not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
grant select, insert, update, delete on organization_fields to crosswalk_app;

-- By the fields' names. A field without a value is not in it.
alter table organizations add column fields jsonb not null default '{}' check (jsonb_typeof(fields) = 'object');
