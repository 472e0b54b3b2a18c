-- Who may do what, for which organizations: roles of one's own, what each principal was granted, and keys. None of it belongs to an
-- organization: it is read before there is a scope.

-- The roles that come along are in code (`server/src/access/roles.ts`); these are one's own.
create table roles (
  name text primary key check (name ~ '^[a-z][a-z0-9_]{0,49}$'),
  description text not null,
  permissions text[] not null check (array_position(permissions, null) is null),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- A role for a reach. A principal has as many as there are rows for it.
create table principal_grants (
  principal_type text not null check (principal_type in ('person', 'api_key')),
  principal_id text not null,
  position int not null,
  role text not null,
  -- As on the wire: {"all": true}, {"all_but": […]}, {"tags": […]} or {"organizations": […]}.
  reach jsonb not null,
  primary key (principal_type, principal_id, position)
);
create index principal_grants_of_role on principal_grants (role);

create table api_keys (
  id uuid primary key,
  name text not null,
  -- The beginning of the key, by which a person knows it again.
  prefix text not null,
  -- The key itself is nowhere.
  key_digest bytea not null unique,
  -- Of the key before a rotation, which is valid until then.
  previous_digest bytea unique,
  previous_valid_until timestamptz,
  -- It never has more than who made it.
  maker_type text not null,
  maker_id text not null,
  maker_name text not null,
  -- How many keys stand between it and a person or the administrator key.
  generation smallint not null check (generation between 0 and 8),
  -- Null: from everywhere.
  addresses text[],
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  rotated_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  last_used_address text
);
create index api_keys_of_maker on api_keys (maker_type, maker_id);

-- Where the administrator key came from, hour by hour: each is told once in the audit.
create table admin_key_uses (
  address text not null,
  hour timestamptz not null,
  last_used_at timestamptz not null default now(),
  primary key (address, hour)
);
create index admin_key_uses_by_time on admin_key_uses (last_used_at);

grant select, insert, update, delete on roles, principal_grants, api_keys, admin_key_uses to crosswalk_app;
