-- A connection test that could not be made, for instance because the vendor asked to wait, says nothing about the mapping: the last result
-- stays, and this says why there is no newer one. Empty again once a test was made.
alter table organization_mappings add column last_not_tested_at timestamptz;
alter table organization_mappings add column last_not_tested_reason text;
