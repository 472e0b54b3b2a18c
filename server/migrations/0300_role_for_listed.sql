-- Listed organizations are for a role of their own, which a transaction takes on for them. Each policy is a part of each statement, whether its
-- condition is met or not: the hash table of listed ids cost a twelfth of an execution, in statements that were of one organization or of all.
-- The role is a member of the application role, so all other policies hold for it, too.

do $$
declare
  held record;
  owner text;
  own text;
  listed text;
begin
  for held in select tablename, with_check from pg_policies where schemaname = 'public' and policyname = 'by_organization' loop
    owner := case held.tablename when 'organizations' then 'id' else 'organization_id' end;
    own := format('%I = (select current_organization_id()) or (select scope_is_all())', owner);
    -- What belongs to nobody is not of all others either.
    listed := format('%1$I is not null and (%1$I in (select listed_organizations())) = (select scope_is_of_listed())', owner);
    execute format('alter policy by_organization on %I using (%s)', held.tablename, own);
    execute format('create policy of_listed on %I to crosswalk_listed using (%s)', held.tablename, listed);
    if held.with_check is not null then
      execute format('alter policy by_organization on %I with check (%s)', held.tablename, own);
      execute format('alter policy of_listed on %I with check (%s)', held.tablename, listed);
    end if;
  end loop;
end $$;

alter policy global_for_reading on external_organizations using (organization_id is null and (select current_organization_id()) is not null);
create policy global_for_listed on external_organizations for select to crosswalk_listed using (
  organization_id is null and (select scope_is_of_listed()) is not null
  and exists (
    select from organization_mappings as mapping
    where mapping.integration_name = external_organizations.integration_name
      and mapping.external_org_id = external_organizations.external_org_id and mapping.is_active));
alter policy within_scope on batches to crosswalk_listed;
alter policy nobodys_is_written on audit_events to crosswalk_listed;
