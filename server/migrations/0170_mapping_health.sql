-- What author code found that has to be repaired about a mapping, before or after it fails: consent that ends, a role that is missing.

alter table organization_mappings
  -- When it was looked at last; null where nothing looks.
  add column health_checked_at timestamptz,
  -- Since when it has problems; null where it has none.
  add column needs_repair_since timestamptz,
  -- A list of { problem, remedy, repair_url, code, due_at }, as it was told.
  add column health_problems json;

create index organization_mappings_needs_repair on organization_mappings (id) where is_active and needs_repair_since is not null;
