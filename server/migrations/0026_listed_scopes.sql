-- The third case of a scope: listed organizations, by `crosswalk.scope = 'only {…}'`, or all but those listed, by 'except {…}'.
-- What a list, a count or a search shows to someone with a part of the organizations is held to that part here, too.

-- The ids are looked up in a hash table that each statement builds once, in the first row that needs it: three ids cost what three
-- hundred cost. Not SQL: it would be inlined, and its ids would be counted whenever a statement is planned.
create function listed_organizations() returns setof uuid language plpgsql stable parallel safe rows 100
as $$
declare
  scope text := current_setting('crosswalk.scope', true);
begin
  if scope like '%{%' then
    return query select unnest(substr(scope, position('{' in scope))::uuid[]);
  end if;
end $$;

-- True where the listed ones are meant, false where all others are, null in any other scope.
create function scope_is_of_listed() returns boolean language sql stable parallel safe
  as $$ select case when current_setting('crosswalk.scope', true) like 'only {%' then true when current_setting('crosswalk.scope', true) like 'except {%' then false end $$;

do $$
declare
  held record;
  owner text;
  condition text;
begin
  for held in select tablename, with_check from pg_policies where schemaname = 'public' and policyname = 'by_organization' loop
    owner := case held.tablename when 'organizations' then 'id' else 'organization_id' end;
    -- In this order: the two cheap cases first. What belongs to nobody is not of all others either.
    condition := format(
      '%1$I = (select current_organization_id()) or (select scope_is_all())
        or (%1$I is not null and (%1$I in (select listed_organizations())) = (select scope_is_of_listed()))', owner);
    execute format('alter policy by_organization on %I using (%s)', held.tablename, condition);
    if held.with_check is not null then
      execute format('alter policy by_organization on %I with check (%s)', held.tablename, condition);
    end if;
  end loop;
end $$;

-- What is global is read within one organization, whose code it applies to. It is not among what listed organizations have.
alter policy global_is_read on secrets using (organization_id is null and (select current_organization_id()) is not null);
alter policy global_is_read on config using (organization_id is null and (select current_organization_id()) is not null);
alter policy global_for_reading on discovery_runs using (organization_id is null and (select current_organization_id()) is not null);

-- The list of the global credentials names all customers. Those with a part of the organizations see in it what theirs are mapped to.
alter policy global_for_reading on external_organizations using (
  organization_id is null
  and ((select current_organization_id()) is not null
    or ((select scope_is_of_listed()) is not null
      and exists (
        select from organization_mappings as mapping
        where mapping.integration_name = external_organizations.integration_name
          and mapping.external_org_id = external_organizations.external_org_id and mapping.is_active))));

-- A batch is seen and steered where none of the organizations that could come into it is out of scope. Null is all of them.
create policy within_scope on batches using (
  reach is not null and (select scope_is_of_listed()) is not null
  and not exists (
    select from unnest(reach) as given (id)
    where ((given.id in (select listed_organizations())) = (select scope_is_of_listed())) is not true));

-- What was done to a batch is of no single organization. Whoever does it writes that down, and does not read it.
create policy nobodys_is_written on audit_events for insert
  with check (organization_id is null and (select scope_is_of_listed()) is not null);
