-- What needs an administrator's attention, across all organizations: each of these questions is answered from an index that holds
-- little more than the answer.

-- Those of one integration in the order of the list across organizations.
create index organization_mappings_of_integration on organization_mappings (integration_name, id) where is_active;
-- How many organizations an integration is mapped for is counted from this alone.
create index organization_mappings_of_integration_organizations on organization_mappings (integration_name, organization_id) where is_active;
create index organization_mappings_failing on organization_mappings (id) where is_active and not last_test_success;
create index organization_mappings_never_tested on organization_mappings (id) where is_active and last_tested_at is null;

-- What discovery has seen vanish or renamed, from where it is one probe to the mappings of it. Many external organizations had another
-- name at some time, and few mappings still bear it: both indexes hold the names, so that only those few are read.
create index external_organizations_gone on external_organizations (integration_name, external_org_id) where gone_at is not null;
create index external_organizations_renamed on external_organizations (integration_name, external_org_id) include (organization_id, name)
  where previous_names <> '[]';
drop index organization_mappings_of_external;
create index organization_mappings_of_external on organization_mappings (integration_name, external_org_id)
  include (id, organization_id, external_org_name) where is_active;
