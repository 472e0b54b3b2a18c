-- People who sign in, with what they prove themselves by. None of it belongs to an organization. Names and meanings of the columns that
-- the library better-auth reads and writes are its own, in our spelling: server/src/people/better-auth.ts maps them.

create table people (
  id uuid primary key,
  -- In lower case.
  email text not null unique check (email = lower(email) and length(email) <= 254),
  email_verified boolean not null default true,
  name text not null check (length(name) <= 200),
  image text,
  two_factor_enabled boolean not null default false,
  -- Who has left, or must not sign in for now.
  deactivated_at timestamptz,
  last_signed_in_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index people_name on people (name, id);

-- What a person signs in with: a password (`credential`), or an account at a single sign-on.
create table person_accounts (
  id uuid primary key,
  person_id uuid not null references people (id) on delete cascade,
  provider_id text not null,
  account_id text not null,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (provider_id, account_id)
);
create index person_accounts_person on person_accounts (person_id);

-- The browsers of people. The token is of no use by itself: a cookie has it signed.
create table person_sessions (
  id uuid primary key,
  person_id uuid not null references people (id) on delete cascade,
  token text not null unique,
  ip_address text,
  user_agent text,
  last_used_at timestamptz not null default now(),
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index person_sessions_person on person_sessions (person_id);
create index person_sessions_expired on person_sessions (expires_at);

-- What is under way between two requests: a second factor that is asked for, a passkey, a single sign-on.
create table person_verifications (
  id uuid primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index person_verifications_identifier on person_verifications (identifier);
create index person_verifications_expired on person_verifications (expires_at);

-- One-time codes of an app. The secret and the recovery codes are encrypted.
create table person_two_factors (
  id uuid primary key,
  person_id uuid not null references people (id) on delete cascade,
  secret text not null,
  backup_codes text not null,
  verified boolean not null default true,
  failed_verification_count integer not null default 0,
  locked_until timestamptz
);
create index person_two_factors_person on person_two_factors (person_id);

-- Codes that were used, for as long as an app shows them: each works once.
create table person_used_codes (
  person_id uuid not null references people (id) on delete cascade,
  code_digest bytea not null,
  used_at timestamptz not null default now(),
  primary key (person_id, code_digest)
);

create table person_passkeys (
  id uuid primary key,
  person_id uuid not null references people (id) on delete cascade,
  name text,
  public_key text not null,
  credential_id text not null unique,
  -- An unsigned 32-bit number.
  counter double precision not null,
  device_type text not null,
  backed_up boolean not null,
  transports text,
  aaguid text,
  created_at timestamptz default now()
);
create index person_passkeys_person on person_passkeys (person_id);

-- Links that let a person set a password, once. What a link carries is kept as a digest only.
create table person_links (
  id uuid primary key,
  person_id uuid not null references people (id) on delete cascade,
  kind text not null check (kind in ('invitation', 'reset')),
  token_digest bytea not null unique,
  -- One that a person asked for themselves: whoever reads their mail has only that.
  keeps_second_factor boolean not null default false,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index person_links_person on person_links (person_id);
create index person_links_expired on person_links (expires_at);

-- Failed attempts to sign in, of an account or an address, counted for all API processes together.
create table sign_in_attempts (
  subject text primary key,
  failures integer not null,
  since timestamptz not null
);
create index sign_in_attempts_since on sign_in_attempts (since);

-- Secrets of the platform itself, sealed like those of people: what it signs cookies with, and the like.
create table platform_secrets (
  name text primary key,
  key_id text not null,
  sealed_data_key bytea not null,
  sealed_value bytea not null,
  updated_at timestamptz not null default now()
);

grant select, insert, update, delete on people, person_accounts, person_sessions, person_verifications, person_two_factors,
  person_used_codes, person_passkeys, person_links, sign_in_attempts, platform_secrets to crosswalk_app;
