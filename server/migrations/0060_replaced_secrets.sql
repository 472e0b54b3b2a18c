-- What a secret was before it was set again or deleted: an execution that read it then, and goes on after a crash, may hold it in what
-- it recorded, and has to keep it masked. Sealed as it was. Deleted with the last execution that is older.

create table replaced_secrets (
  id bigint generated always as identity primary key,
  organization_id uuid,
  key text not null,
  key_id text not null,
  sealed_data_key bytea not null,
  sealed_value bytea not null,
  replaced_at timestamptz not null default now()
);
create index replaced_secrets_key on replaced_secrets (key, replaced_at);
create index replaced_secrets_key_id on replaced_secrets (key_id);
alter table replaced_secrets enable row level security;
alter table replaced_secrets force row level security;
create policy by_organization on replaced_secrets
  using (organization_id = (select current_organization_id()) or (select scope_is_all())
    or (organization_id is not null and (organization_id in (select listed_organizations())) = (select scope_is_of_listed())));

-- In the statement that replaces it, so that of two that do so at once neither is missed.
create function keep_replaced_secret() returns trigger language plpgsql as $$
begin
  insert into replaced_secrets (organization_id, key, key_id, sealed_data_key, sealed_value)
  values (old.organization_id, old.key, old.key_id, old.sealed_data_key, old.sealed_value);
  return null;
end $$;
create trigger keep_replaced after update of sealed_value or delete on secrets for each row execute function keep_replaced_secret();

grant select, insert, update, delete on replaced_secrets to crosswalk_app;
