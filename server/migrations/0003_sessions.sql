-- Browsers that have signed in, and the links that sign one in. Neither belongs to an organization. What a browser or a link
-- carries is kept as a digest only; both end with the administrator key that they were made with.

create table sessions (
  id uuid primary key,
  token_digest bytea not null unique,
  -- Of the administrator key: another key, and the session is over.
  key_digest bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index sessions_expired on sessions (expires_at);

-- Deleted when used.
create table sign_in_tokens (
  id uuid primary key,
  token_digest bytea not null unique,
  key_digest bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index sign_in_tokens_expired on sign_in_tokens (expires_at);

grant select, insert, update, delete on sessions, sign_in_tokens to crosswalk_app;
