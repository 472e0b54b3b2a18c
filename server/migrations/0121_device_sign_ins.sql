-- Signing in of a command line: a program asks with a code, and a person confirms it in a browser (RFC 8628). What is kept are digests:
-- neither the program's code nor the key that it gets is anywhere.
create table device_sign_ins (
  device_digest bytea primary key,
  -- What the person compares: eight consonants.
  user_code text not null unique,
  -- Of the key that it will get.
  key_digest bytea not null,
  key_prefix text not null,
  client_name text not null,
  address text not null,
  state text not null check (state in ('pending', 'approved', 'denied')),
  key_id uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  -- A program that asks more often than that is told to slow down, and has to wait longer from then on.
  interval_seconds int not null,
  last_asked_at timestamptz
);
create index device_sign_ins_by_address on device_sign_ins (address);
grant select, insert, update, delete on device_sign_ins to crosswalk_app;

-- A key that somebody confirmed for their own command line: they see and end it themselves, whatever they may do with other keys.
alter table api_keys add column is_device boolean not null default false;
