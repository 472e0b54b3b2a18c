-- A secret's value is sealed in the database, or lies in a vault outside of it: the row then names one version of one secret there,
-- which never changes. What a secret was before is kept with who set it and when, so that one can return to it. A secret may expire.

alter table secrets
  alter column key_id drop not null,
  alter column sealed_data_key drop not null,
  alter column sealed_value drop not null,
  add column vault_name text,
  add column vault_version text,
  -- Tells a value from what it was before, where that can not be told from the place it lies in: it was moved there.
  add column value_mark text,
  -- One more with each value that is set. It does not count up where the same value moves to another place.
  add column version integer not null default 1,
  add column expires_at timestamptz,
  add constraint secrets_one_place check (
    (sealed_value is null) = (vault_version is not null) and (vault_name is null) = (vault_version is null)
    and (key_id is null) = (sealed_value is null) and (sealed_data_key is null) = (sealed_value is null));
create index secrets_vault_name on secrets (vault_name) where vault_name is not null;
create index secrets_expiring on secrets (expires_at) where expires_at is not null;

alter table replaced_secrets
  alter column key_id drop not null,
  alter column sealed_data_key drop not null,
  alter column sealed_value drop not null,
  add column vault_name text,
  add column vault_version text,
  add column value_mark text,
  add column version integer,
  -- Null of what was replaced before this was kept.
  add column set_at timestamptz,
  add column set_by text,
  add constraint replaced_secrets_one_place check (
    (sealed_value is null) = (vault_version is not null) and (vault_name is null) = (vault_version is null)
    and (key_id is null) = (sealed_value is null) and (sealed_data_key is null) = (sealed_value is null));
create index replaced_secrets_vault_name on replaced_secrets (vault_name) where vault_name is not null;

select set_config('crosswalk.scope', 'all', true);
update replaced_secrets set version = counted.version
from (select id, row_number() over (partition by key, organization_id order by replaced_at, id) as version from replaced_secrets) as counted
where counted.id = replaced_secrets.id;
alter table replaced_secrets alter column version set not null;
update secrets set version = 1 + (
  select count(*) from replaced_secrets r where r.key = secrets.key and r.organization_id is not distinct from secrets.organization_id);

create or replace function keep_replaced_secret() returns trigger language plpgsql as $$
begin
  insert into replaced_secrets (organization_id, key, key_id, sealed_data_key, sealed_value, vault_name, vault_version, value_mark,
    version, set_at, set_by)
  values (old.organization_id, old.key, old.key_id, old.sealed_data_key, old.sealed_value, old.vault_name, old.vault_version, old.value_mark,
    old.version, old.updated_at, old.updated_by);
  return null;
end $$;
drop trigger keep_replaced on secrets;
create trigger keep_replaced after update of version or delete on secrets for each row execute function keep_replaced_secret();
drop trigger end_tokens on secrets;
create trigger end_tokens after update of version or delete on secrets for each row execute function end_tokens_of_secret();

-- When an execution read a secret first. Null of those from before this was kept.
alter table secret_reads add column read_at timestamptz;
alter table secret_reads alter column read_at set default now();
create index secret_reads_last on secret_reads (key, execution_id desc);

-- Names in the vault that a deleted secret had. They are removed there once nothing refers to them.
create table vault_removals (
  name text primary key,
  asked_at timestamptz not null default now(),
  -- A process is at it: what is set under the name now may be removed with it.
  begun_at timestamptz
);
grant select, insert, update, delete on vault_removals to crosswalk_app;

create function remove_from_vault() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or new.vault_name is distinct from old.vault_name then
    insert into vault_removals (name) values (old.vault_name) on conflict do nothing;
  end if;
  return null;
end $$;
create trigger remove_from_vault after update of vault_name or delete on secrets
  for each row when (old.vault_name is not null) execute function remove_from_vault();
