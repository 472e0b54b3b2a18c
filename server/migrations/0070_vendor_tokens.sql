-- Tokens that vendors gave for secrets: one row for each credential, tenant and scope, shared by all workers. What a token is made of
-- stands in token_key as a digest, so that a secret that is set again has another row.

create table vendor_tokens (
  id uuid primary key,
  -- Whose secrets it is of; null where all of them are everybody's.
  organization_id uuid references organizations (id),
  token_key text not null check (length(token_key) <= 200),
  integration_name text,
  -- Where it comes from, for people.
  host text not null check (length(host) <= 300),
  -- Secrets that end it when they change, each as 'global <key>' or 'own <key>'.
  secret_marks text[] not null default '{}',
  -- The token and what renews it; null until there is one.
  key_id text references master_keys (key_id),
  sealed_data_key bytea,
  sealed_value bytea,
  -- One more with each renewal.
  generation integer not null default 0,
  obtained_at timestamptz,
  -- Null: the vendor did not say.
  expires_at timestamptz,
  -- The worker that renews it, and until when it has to be heard of again.
  renewer uuid,
  renewing_until timestamptz,
  failures integer not null default 0,
  failing_since timestamptz,
  failed_at timestamptz,
  -- Before that nobody asks the vendor again, but for a person who waits.
  next_attempt_at timestamptz,
  last_error jsonb,
  used_at timestamptz not null default now(),
  constraint vendor_tokens_one_per_key unique nulls not distinct (organization_id, token_key),
  check ((key_id is null) = (sealed_value is null) and (key_id is null) = (sealed_data_key is null))
);
create index vendor_tokens_key_id on vendor_tokens (key_id);
create index vendor_tokens_used on vendor_tokens (used_at);
create index vendor_tokens_integration on vendor_tokens (integration_name, id);
alter table vendor_tokens enable row level security;
alter table vendor_tokens force row level security;
create policy by_organization on vendor_tokens
  using (organization_id = (select current_organization_id()) or (select scope_is_all())
    or (organization_id is not null and (organization_id in (select listed_organizations())) = (select scope_is_of_listed())));
grant select, insert, update, delete on vendor_tokens to crosswalk_app;

-- In the statement that changes the secret: no token outlives what it was given for.
create function end_tokens_of_secret() returns trigger language plpgsql as $$
begin
  delete from vendor_tokens
  where (case when old.organization_id is null then 'global ' else 'own ' end || old.key) = any(secret_marks)
    and (old.organization_id is null or organization_id = old.organization_id);
  return null;
end $$;
create trigger end_tokens after update of sealed_value or delete on secrets for each row execute function end_tokens_of_secret();
