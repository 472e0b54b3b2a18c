-- A grant may be for some workflows or integrations only. Null: it has no limit of that kind.
alter table principal_grants
  add column workflows text[] check (cardinality(workflows) > 0),
  add column integrations text[] check (cardinality(integrations) > 0);
