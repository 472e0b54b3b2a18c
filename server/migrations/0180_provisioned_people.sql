-- What an identity provider says of people and their groups by SCIM. None of it belongs to an organization.

create table provisioned_people (
  person_id uuid primary key references people (id) on delete cascade,
  -- As the provider spells it. Where it is an e-mail address, it is that of the person, and people.email has it.
  user_name text not null check (length(user_name) <= 254),
  external_id text check (length(external_id) <= 500),
  -- What it said of names and further addresses, to answer it with.
  attributes jsonb not null default '{}',
  -- Those of the person's grants that their groups gave: what was granted by hand is not among them.
  given_grants jsonb not null default '[]',
  updated_at timestamptz not null default now()
);
create unique index provisioned_people_user_name on provisioned_people (lower(user_name)) where position('@' in user_name) = 0;
create index provisioned_people_external_id on provisioned_people (external_id);

create table provisioned_groups (
  id uuid primary key,
  display_name text not null check (length(display_name) <= 300),
  external_id text check (length(external_id) <= 500),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index provisioned_groups_name on provisioned_groups (lower(display_name));
create index provisioned_groups_external_id on provisioned_groups (external_id);

create table provisioned_members (
  group_id uuid not null references provisioned_groups (id) on delete cascade,
  person_id uuid not null references provisioned_people (person_id) on delete cascade,
  primary key (group_id, person_id)
);
create index provisioned_members_person on provisioned_members (person_id);

grant select, insert, update, delete on provisioned_people, provisioned_groups, provisioned_members to crosswalk_app;
